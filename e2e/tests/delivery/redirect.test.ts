import type { Video } from '@flixtube/contracts/http/video';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../../src/browser.ts';
import { clip } from '../../src/clips.ts';
import { eventually } from '../../src/eventually.ts';
import { type System, startIsolatedSystem } from '../../src/system.ts';
import { Viewer } from '../../src/viewer.ts';

const lifeSeconds = 4;

/** What the page's player does, and what went wrong with it. */
const playerOf = (page: Page) =>
  page.evaluate<{ source: string; time: number; ended: boolean; trouble: string }>(`(() => {
    const video = document.querySelector('video[slot=media]');
    return {
      source: document.querySelector('.player').dataset.source,
      time: video.currentTime,
      ended: video.ended,
      trouble: document.querySelector('.player-note')?.textContent ?? '',
    };
  })()`);

describe('with STREAM_DELIVERY=redirect, in a browser', () => {
  let system: System;
  let browser: Browser;
  let video: Video;
  let store: string;

  beforeAll(async () => {
    [system, browser] = await Promise.all([
      startIsolatedSystem({ env: { STREAM_DELIVERY: 'redirect', ADDRESS_SECONDS: String(lifeSeconds) } }),
      launchBrowser(),
    ]);
    store = `http://127.0.0.1:${system.portOf('azurite')}`;
    const viewer = new Viewer(system.url);
    const { body } = await viewer.upload(await clip(12, '320x180'), 'Delivered by the store');
    video = await eventually(
      async () => (await viewer.ask<Video>(`/api/videos/${body.id}`)).body,
      ({ status }) => status === 'ready',
      120,
    );
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await system?.stop();
  }, 60_000);

  /** A page, and what media it was given: by whom, and with which status. */
  async function open() {
    const context = await browser.newContext({ baseURL: system.url });
    const page = await context.newPage();
    const media: { origin: string; status: number; signature: string | null; referrer: string | undefined }[] = [];
    page.on('response', async (response) => {
      const type = response.headers()['content-type'] ?? '';
      if (!/^(video|audio|image\/jpeg)/.test(type)) return;
      const { origin, searchParams } = new URL(response.url());
      const { referer: referrer } = await response.request().allHeaders();
      media.push({ origin, status: response.status(), signature: searchParams.get('sig'), referrer });
    });
    return { context, page, media };
  }

  /** How many answers of each status video-streaming has given, to whoever asked for bytes. */
  async function statusesOfBytes(): Promise<Record<string, number>> {
    const metrics = await (await fetch(`http://127.0.0.1:${system.portOf('video-streaming')}/metrics`)).text();
    const counts: Record<string, number> = {};
    const lines = metrics.matchAll(/^http_request_duration_seconds_count\{(.*)\} (\d+)$/gm);
    for (const [, labels = '', count] of lines) {
      if (!/route="[^"]*(\/file|\/:file|poster\.jpg|:sprite)"/.test(labels)) continue;
      const status = /status="([^"]+)"/.exec(labels)?.[1] ?? '';
      counts[status] = (counts[status] ?? 0) + Number(count);
    }
    return counts;
  }

  it('when a video is played to its end, then every byte of media comes from the store, by addresses that are renewed', async () => {
    const { context, page, media } = await open();
    // So that it fetches while it plays, over several lives of an address.
    await page.addInitScript(
      'HTMLMediaElement.prototype.canPlayType = ((asked) => function (type) { return /mpegurl/i.test(type) ? "" : asked.call(this, type); })(HTMLMediaElement.prototype.canPlayType)',
    );
    await page.goto(`/watch/${video.id}`);
    await page.locator('video[slot=media]').waitFor();
    await page.keyboard.press('k');
    const end = await eventually(
      () => playerOf(page),
      ({ time, ended }) => ended || time > 11,
      60,
    );
    expect(end).toMatchObject({ source: 'hls-js', trouble: '' });
    expect(media.length).toBeGreaterThan(4);
    expect(media.filter(({ origin, status }) => origin !== store || status >= 400)).toEqual([]);
    expect(media.filter(({ referrer }) => referrer !== undefined)).toEqual([]);
    const statuses = await statusesOfBytes();
    expect(Object.keys(statuses)).toEqual(['3xx']);
    expect(statuses['3xx']).toBeGreaterThan(4);
    await context.close();
  }, 120_000);

  it('when HLS is not to be had, then the file plays the same way, also beyond the end of its address', async () => {
    const { context, page, media } = await open();
    await page.route('**/hls/main.m3u8', (route) => route.fulfill({ status: 500 }));
    await page.goto(`/watch/${video.id}`);
    await eventually(
      () => playerOf(page),
      ({ source }) => source === 'file',
    );
    await page.keyboard.press('k');
    await eventually(
      () => playerOf(page),
      ({ time }) => time > lifeSeconds + 2,
      60,
    );
    expect(media.some(({ origin }) => origin === store)).toBe(true);
    expect(media.filter(({ origin }) => origin !== store)).toEqual([]);
    await context.close();
  }, 120_000);

  it('the page may load from the store and from nowhere else', async () => {
    const { context, page } = await open();
    const answer = await page.goto('/');
    const policy = answer?.headers()['content-security-policy'] ?? '';
    for (const directive of ['img-src', 'media-src', 'connect-src']) {
      const sources = new RegExp(`${directive} ([^;]+)`).exec(policy)?.[1]?.split(' ') ?? [];
      expect(sources.filter((source) => source.includes('//'))).toEqual([store]);
    }
    const refused = await page.evaluate<string>(
      `fetch('http://127.0.0.1:${system.portOf('video-storage')}/health/live').then(() => 'answered', () => 'refused')`,
    );
    expect(refused).toBe('refused');
    await context.close();
  });

  it('when an address is over, then the store says no, and another one is to be had', async () => {
    const viewer = new Viewer(system.url);
    const address = async () => (await viewer.send(video.links.file)).headers.get('location') as string;
    const first = await address();
    expect((await fetch(first, { headers: { range: 'bytes=0-9' } })).status).toBe(206);
    await eventually(
      async () => (await fetch(first, { headers: { range: 'bytes=0-9' } })).status,
      (status) => status === 403,
    );
    expect((await fetch(await address(), { headers: { range: 'bytes=0-9' } })).status).toBe(206);
  });
});
