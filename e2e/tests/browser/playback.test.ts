import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Video } from '@flixtube/contracts/http/video';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { accessibilityFaults, launchBrowser, visitor } from '../../src/browser.ts';
import { clip } from '../../src/clips.ts';
import { eventually } from '../../src/eventually.ts';
import { hlsFile, makeHls } from '../../src/hls-clip.ts';
import { systemUrl } from '../../src/system.ts';
import { Viewer } from '../../src/viewer.ts';

/** What the page sees of the player: what it plays, where it is, what it can choose from. */
const playerOf = (page: Page) =>
  page.evaluate<{
    source: string;
    time: number;
    duration: number;
    paused: boolean;
    heights: number[];
    note: string;
  }>(`(() => {
    const video = document.querySelector('video[slot=media]');
    return {
      source: document.querySelector('.player').dataset.source,
      time: video.currentTime,
      duration: video.duration,
      paused: video.paused,
      heights: [...video.videoRenditions].map(({ height }) => height),
      note: document.querySelector('.player-note')?.textContent ?? '',
    };
  })()`);

const withoutHls = `{
  const asked = HTMLMediaElement.prototype.canPlayType;
  HTMLMediaElement.prototype.canPlayType = function (type) { return /mpegurl/i.test(type) ? '' : asked.call(this, type); };
}`;

/** What a test says of its video and of the HLS that lies beside it. */
interface Told {
  video: Partial<Video>;
  /** So many segments are there; none: what is asked for is answered by 500, or, where it is cut, not at all. */
  segments: number;
  cut?: boolean;
  /** It was processed so many times again: the segments of the time before are gone. */
  again?: number;
  /** Segments from the fifth on are answered when this is settled. */
  held?: Promise<void>;
  /** Captions that main.m3u8 names. */
  subtitles?: string[];
}

/** A playlist as a later processing names its segments, and the multivariant one with its captions. */
function playlistOf(text: string, { again = 0, subtitles = [] }: Told): string {
  const later = text.replaceAll(/^(.*\.m4s)$/gm, `again-${again}-$1`);
  const media = subtitles.map(
    (language) =>
      `#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="subtitles",NAME="${language}",LANGUAGE="${language}",AUTOSELECT=YES,URI="captions-${language}.m3u8"\n`,
  );
  if (media.length === 0) return later;
  return later
    .replace('#EXT-X-STREAM-INF', `${media.join('')}#EXT-X-STREAM-INF`)
    .replaceAll(/^(#EXT-X-STREAM-INF:.*)$/gm, '$1,SUBTITLES="subtitles"');
}

describe('the player', () => {
  let browser: Browser;
  let folder = '';
  let video: Video;

  beforeAll(async () => {
    browser = await launchBrowser();
    folder = await mkdtemp(path.join(tmpdir(), 'flixtube-playback-'));
    const bytes = await clip(12, '320x180');
    await writeFile(path.join(folder, 'source.mp4'), bytes);
    await makeHls(path.join(folder, 'source.mp4'), folder);
    video = (await new Viewer(systemUrl()).upload(bytes, 'Something to play')).body;
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** Opens the video's page in a browser without HLS of its own, with HLS as `told` says, whatever the workers do. */
  async function open(told: Told, nativeHls = false) {
    const { page, context } = await visitor(browser);
    if (!nativeHls) await context.addInitScript(withoutHls);
    return { page, context, asked: await watch(page, told) };
  }

  /** Answers with what is asked for of HLS from then on. */
  async function watch(page: Page, told: Told): Promise<string[]> {
    const asked: string[] = [];
    await page.route(`**/api/videos/${video.id}`, async (route) => {
      const answer = await route.fetch();
      const body: Video = await answer.json();
      const links = { ...body.links, hls: `/api/videos/${video.id}/hls/main.m3u8`, ...told.video.links };
      await route.fulfill({ response: answer, json: { ...body, status: 'ready', ...told.video, links } });
    });
    await page.route(`**/api/videos/${video.id}/hls/*`, async (route) => {
      if (told.cut) return route.abort();
      if (told.segments === 0) return route.fulfill({ status: 500 });
      const { pathname } = new URL(route.request().url());
      asked.push(path.basename(pathname));
      if (pathname.endsWith('.m3u8')) {
        const body = playlistOf((await hlsFile(folder, pathname, told.segments)).toString(), told);
        return route.fulfill({ contentType: 'application/vnd.apple.mpegurl', body });
      }
      const [, again, name = '', number] =
        /^(?:again-(\d+)-)?(.*?(\d+)?\.(?:m4s|mp4))$/.exec(path.basename(pathname)) ?? [];
      if (Number(number) > 3) await told.held;
      if (again !== undefined && Number(again) !== (told.again ?? 0)) return route.fulfill({ status: 404 });
      await route.fulfill({ contentType: 'video/mp4', body: await hlsFile(folder, name, told.segments) });
    });
    await page.goto(`/watch/${video.id}`);
    await page.getByRole('heading', { level: 1, name: 'Something to play' }).waitFor();
    return asked;
  }
  const all = Number.POSITIVE_INFINITY;

  it('when the browser has no HLS of its own, then hls.js plays it, and its qualities can be chosen', async () => {
    const { page, context } = await open({ video: {}, segments: all });
    await page.keyboard.press('k');
    const playing = await eventually(
      () => playerOf(page),
      ({ time, heights }) => time > 0.5 && heights.length > 0,
    );
    expect(playing).toMatchObject({ source: 'hls-js', heights: [90, 180] });
    await page.keyboard.press('k');
    await page.locator('media-rendition-menu-button').click();
    expect(await accessibilityFaults(page)).toEqual([]);
    const choices = page.locator('media-rendition-menu [role=menuitemradio]');
    expect(await choices.count()).toBe(3);
    await choices.filter({ hasText: '90p' }).click();
    await page.keyboard.press('Escape');
    expect(await page.evaluate('document.querySelector("video[slot=media]").videoRenditions.chosen')).toBe(90);
    await context.close();
  });

  it('when play is pressed in the instant in which hls.js is ready, then it plays', async () => {
    const { page, context } = await visitor(browser);
    await context.addInitScript(withoutHls);
    await page.route('**/assets/hls-*.js', async (route) => {
      const answer = await route.fetch();
      const pressed = 'document.querySelector("video[slot=media]").play().catch(() => {});';
      await route.fulfill({ response: answer, body: `${await answer.text()};${pressed}` });
    });
    const asked = await watch(page, { video: {}, segments: all });
    const { source } = await eventually(
      () => playerOf(page),
      ({ time }) => time > 0.5,
    );
    expect(source).toBe('hls-js');
    expect(asked).toContain('main.m3u8');
    await context.close();
  });

  it.each([
    ['hls.js gets errors', { nativeHls: false, cut: false }],
    ['hls.js gets no answer', { nativeHls: false, cut: true }],
    ['the browser’s own gets errors', { nativeHls: true, cut: false }],
  ])('when HLS fails since %s, then it goes on with the file, and says so', async (_why, { nativeHls, cut }) => {
    const { page, context } = await open({ video: {}, segments: 0, cut }, nativeHls);
    const fallen = await eventually(
      () => playerOf(page),
      ({ source }) => source === 'file',
    );
    expect(fallen.note).toContain('as it was uploaded');
    await page.keyboard.press('k');
    await eventually(
      () => playerOf(page),
      ({ time }) => time > 0.5,
    );
    await context.close();
  });

  it('when play is pressed in the instant in which HLS has failed, then the file plays', async () => {
    const { page, context } = await visitor(browser);
    await context.addInitScript(withoutHls);
    const press = '({ target }) => queueMicrotask(() => target.play().catch(() => {}))';
    await context.addInitScript(`document.addEventListener('sourcefailed', ${press}, true)`);
    await watch(page, { video: {}, segments: 0 });
    const { source } = await eventually(
      () => playerOf(page),
      ({ time }) => time > 0.5,
    );
    expect(source).toBe('file');
    await context.close();
  });

  it('when HLS still grows, then it begins at the beginning; at the end of what is there it goes on with the file', async () => {
    const { page, context } = await open({ video: { status: 'processing', progress: 0.4 }, segments: 2 }, true);
    await page.getByText('Being processed, 40 %').waitFor();
    await page.getByText('so far', { exact: true }).waitFor();
    await page.keyboard.press('k');
    const first = await eventually(
      () => playerOf(page),
      ({ time }) => time > 0.2,
    );
    expect(first.source).toBe('hls-js');
    expect(first.time).toBeLessThan(3);
    const later = await eventually(
      () => playerOf(page),
      ({ time }) => time > 5,
    );
    expect(later).toMatchObject({ source: 'file', paused: false });
    await page.getByText('so far', { exact: true }).waitFor({ state: 'detached' });
    await context.close();
  });

  it('when HLS appears while somebody watches the file, then it is taken in a pause, at the same place', async () => {
    const told: Told = { video: { status: 'processing', links: { ...video.links, hls: null } }, segments: all };
    const { page, context } = await open(told);
    await page.keyboard.press('k');
    told.video = { status: 'ready' };
    await eventually(
      () => playerOf(page),
      ({ time }) => time > 6.5,
    );
    expect((await playerOf(page)).source).toBe('file');
    await page.keyboard.press('k');
    const before = await playerOf(page);
    const after = await eventually(
      () => playerOf(page),
      ({ source, time }) => source === 'hls-js' && time > 0,
    );
    expect(after.paused).toBe(true);
    expect(Math.abs(after.time - before.time)).toBeLessThan(0.2);
    await context.close();
  });

  it('when it was processed again meanwhile, then the new playlist is taken, once, where the old one broke', async () => {
    for (const times of [1, 2]) {
      const { promise: held, resolve } = Promise.withResolvers<void>();
      const told: Told = { video: {}, segments: all, held };
      const { page, context, asked } = await open(told);
      await eventually(
        () => playerOf(page),
        ({ heights, duration }) => heights.length > 0 && duration > 11,
      );
      await page.evaluate('document.querySelector("video[slot=media]").currentTime = 3');
      await page.keyboard.press('k');
      await eventually(
        () => playerOf(page),
        ({ time }) => time > 3.2,
      );
      const mains = () => asked.filter((name) => name === 'main.m3u8').length;
      expect(mains()).toBe(1);
      told.again = 1;
      resolve();
      if (times === 2) {
        // And again, before anything of the new one was read.
        await page.route('**/again-1-*', (route) => route.fulfill({ status: 404 }));
      }
      const reached = await eventually(
        () => playerOf(page),
        ({ time }) => time > 8.5,
        30,
      );
      expect(reached).toMatchObject({ source: times === 1 ? 'hls-js' : 'file', paused: false });
      expect(reached.note === '').toBe(times === 1);
      expect(mains()).toBe(2);
      await context.close();
    }
  });

  it('when the playlist names captions, then the player has each once, from beside the video or from within', async () => {
    const caption = (language: string) => ({
      language,
      label: language,
      url: `/api/videos/${video.id}/captions/${language}.vtt`,
    });
    const links = { ...video.links, captions: ['de', 'en'].map(caption), hls: `/api/videos/${video.id}/hls/main.m3u8` };
    const told: Told = { video: { links }, segments: all, subtitles: ['de', 'en'] };
    const languages = (page: Page) =>
      page.evaluate<string[]>(
        '[...document.querySelector("video[slot=media]").textTracks].filter(({ kind }) => kind !== "metadata").map(({ language }) => language)',
      );
    const { page, context, asked } = await open(told);
    await page.keyboard.press('k');
    const { source } = await eventually(
      () => playerOf(page),
      ({ time }) => time > 1,
    );
    expect(source).toBe('hls-js');
    expect(await languages(page)).toEqual(['de', 'en']);
    expect(asked.filter((name) => name.startsWith('captions'))).toEqual([]);
    await context.close();

    const native = await open(told, true);
    await eventually(
      () => playerOf(native.page),
      (player) => player.source === 'hls-native',
    );
    expect(await languages(native.page)).toEqual(['de', 'en']);
    // As Safari does it. Chromium's own HLS has no captions.
    await native.page.evaluate(
      'document.querySelector("video[slot=media]").addTextTrack("subtitles", "English", "en")',
    );
    await eventually(
      () => languages(native.page),
      (found) => found.length === 2,
    );
    expect((await languages(native.page)).sort()).toEqual(['de', 'en']);
    expect(await native.page.locator('track[srclang=en]').count()).toBe(0);
    await native.context.close();
  });

  it('when speed and theatre were chosen, then they are so again after a reload; keys typed into a field do nothing', async () => {
    const { page, context } = await open({ video: {}, segments: all });
    await page.getByRole('searchbox', { name: 'Search videos' }).focus();
    await page.keyboard.press('t');
    expect(await page.locator('.player--theatre').count()).toBe(0);
    await page.goto(`/watch/${video.id}`);
    await page.locator('video[slot=media]').waitFor();
    await page.keyboard.press('t');
    await page.keyboard.press('>');
    const rate = () => page.evaluate('document.querySelector("video[slot=media]").defaultPlaybackRate');
    // The element tells of its new rate a moment after it has it.
    await eventually(
      () => page.evaluate<string>('localStorage.getItem("flixtube.player")'),
      (noted) => JSON.parse(noted).speed === 1.25,
    );
    await page.reload();
    await page.locator('.player--theatre').waitFor();
    await eventually(rate, (chosen) => chosen === 1.25);
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).getByText('Picture in picture').waitFor();
    await context.close();
  });
});
