import type { Video } from '@flixtube/contracts/http/video';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { accessibilityFaults, launchBrowser, overflow, visitor, widths } from '../../src/browser.ts';
import { captionedClip } from '../../src/captioned-clip.ts';
import { clip } from '../../src/clips.ts';
import { eventually } from '../../src/eventually.ts';
import { systemUrl } from '../../src/system.ts';
import { Viewer } from '../../src/viewer.ts';

const cue = (from: number, to: number, title: string) =>
  `00:${String(from).padStart(2, '0')}.000 --> 00:${String(to).padStart(2, '0')}.000\n${title}\n\n`;
const chapters = `WEBVTT\n\n${cue(0, 4, 'Dawn &amp; dew')}${cue(4, 8, 'Noon')}${cue(8, 12, 'A long dusk, and what comes after it when nobody looks any more')}`;

describe('the chapters of a video', () => {
  let browser: Browser;
  let video: Video;

  beforeAll(async () => {
    browser = await launchBrowser();
    const bytes = await clip(12, '320x180');
    video = (await new Viewer(systemUrl()).upload(bytes, 'In three parts')).body;
  }, 120_000);
  afterAll(() => browser?.close());

  /** Opens the video's page; it plays its file, and has chapters as soon as `told.chapters`. */
  async function open(told: { chapters: boolean }, options: Parameters<typeof visitor>[1] = {}) {
    const visit = await visitor(browser, options);
    const { page } = visit;
    const url = `/api/videos/${video.id}/chapters.vtt`;
    await page.route(`**/api/videos/${video.id}`, async (route) => {
      const answer = await route.fetch();
      const body: Video = await answer.json();
      const links = { ...body.links, hls: null, chapters: told.chapters ? url : null };
      await route.fulfill({ response: answer, json: { ...body, status: 'processing', progress: 0.5, links } });
    });
    await page.route(`**${url}`, (route) => route.fulfill({ contentType: 'text/vtt', body: chapters }));
    await page.goto(`/watch/${video.id}`);
    await page.getByRole('heading', { level: 1, name: 'In three parts' }).waitFor();
    return visit;
  }
  const button = (page: Page) => page.locator('#player-chapters-button');
  const time = (page: Page) => page.evaluate<number>('document.querySelector("video[slot=media]").currentTime');
  const marks = (page: Page) =>
    page.evaluate<number>(
      'document.querySelector("media-time-range").shadowRoot.querySelectorAll("#segments-clipping rect").length',
    );

  it('when there are chapters, then the timeline is divided, and Ctrl with an arrow goes from one to the next', async () => {
    const { page, complaints, context } = await open({ chapters: true });
    await button(page).getByText('Dawn & dew').waitFor();
    await eventually(
      () => marks(page),
      (count) => count === 3,
    );
    await page.keyboard.press('Control+ArrowRight');
    await button(page).getByText('Noon').waitFor();
    expect(await time(page)).toBe(4);
    await page.keyboard.press('Control+ArrowRight');
    await button(page).getByText('A long dusk').waitFor();
    await page.keyboard.press('Control+ArrowLeft');
    await button(page).getByText('Noon').waitFor();
    expect(await time(page)).toBe(4);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('when the pointer is over the timeline, then the chapter there is told', async () => {
    const { page, context } = await open({ chapters: true });
    await eventually(
      () => marks(page),
      (count) => count === 3,
    );
    await page.locator('media-time-range').hover();
    const told = 'document.querySelector("media-time-range").getAttribute("mediapreviewchapter")';
    await eventually(
      () => page.evaluate<string>(told),
      (title) => title === 'Noon',
    );
    await context.close();
  });

  it('when the list is opened by keyboard, then one can be chosen, and the one that is played begins anew', async () => {
    const { page, context } = await open({ chapters: true });
    await button(page).focus();
    await page.keyboard.press('Enter');
    const items = page.getByRole('menu', { name: 'Chapters' }).getByRole('menuitemradio');
    await items.first().waitFor();
    expect(await items.allInnerTexts()).toEqual([
      expect.stringMatching(/0:00\s*Dawn & dew/),
      expect.stringMatching(/0:04\s*Noon/),
      expect.stringMatching(/0:08\s*A long dusk/),
    ]);
    expect(await accessibilityFaults(page)).toEqual([]);
    await eventually(
      () => page.evaluate<string>('document.activeElement?.textContent'),
      (text) => text.includes('Dawn'),
    );
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await button(page).getByText('Noon').waitFor();
    expect(await time(page)).toBe(4);
    expect(await page.evaluate('document.activeElement?.id')).toBe('player-chapters-button');
    await page.evaluate('document.querySelector("video[slot=media]").currentTime = 7');
    await page.keyboard.press('Enter');
    await items.filter({ hasText: 'Noon' }).click();
    await eventually(
      () => time(page),
      (seconds) => seconds === 4,
    );
    await context.close();
  });

  it('when chapters come while the page is open, then the player has them', async () => {
    const told = { chapters: false };
    const { page, context } = await open(told);
    expect(await button(page).count()).toBe(0);
    told.chapters = true;
    await button(page).getByText('Dawn & dew').waitFor();
    await eventually(
      () => marks(page),
      (count) => count === 3,
    );
    await context.close();
  });

  it('when a file has chapters, subtitles and two sound tracks, then the player has them once it is processed', async () => {
    const { page, complaints, context } = await visitor(browser);
    const { body } = await new Viewer(systemUrl()).upload(await captionedClip(), 'A film with words');
    await page.goto(`/watch/${body.id}`);
    await button(page).getByText('The beginning').waitFor({ timeout: 120_000 });
    await eventually(
      () => marks(page),
      (count) => count >= 2,
    );
    await page.keyboard.press('Control+ArrowRight');
    await button(page).getByText('Chapter 2').waitFor();
    await page.keyboard.press('c');
    await page.getByRole('status', { name: 'Announcements' }).getByText('Captions: Deutsch').waitFor();
    const sounds = page.locator('#player-sounds [role=menuitemradio]');
    await page.locator('#player-sounds-button').click();
    expect(await sounds.allInnerTexts()).toEqual(['English', 'By its maker']);
    const heard = page.waitForRequest(/\/audio-1\/\d+\.m4s$/);
    await sounds.last().click();
    await heard;
    expect(await sounds.last().getAttribute('aria-checked')).toBe('true');
    expect(complaints).toEqual([]);
    await context.close();
  }, 180_000);

  it.each(widths)('when the player is on a page of %i px, then its bar fits, and axe finds no fault', async (width) => {
    const { page, context } = await open({ chapters: true }, { width });
    await eventually(
      () => marks(page),
      (count) => count === 3,
    );
    await page.keyboard.press('Control+ArrowRight');
    await page.keyboard.press('Control+ArrowRight');
    await button(page).getByText('A long dusk').waitFor();
    const spilt = await page.evaluate<string[]>(`(() => {
      const edge = document.querySelector('.player').getBoundingClientRect();
      return [...document.querySelectorAll('.player-buttons > *, .player-place > *')]
        .filter((one) => one.getBoundingClientRect().right > edge.right + 0.5)
        .map(({ localName }) => localName);
    })()`);
    expect(spilt).toEqual([]);
    expect(await overflow(page)).toBe(0);
    expect(await accessibilityFaults(page)).toEqual([]);
    await context.close();
  });
});
