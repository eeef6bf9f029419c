import type { Video } from '@flixtube/contracts/http/video';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser, visitor } from '../../src/browser.ts';
import { clip } from '../../src/clips.ts';
import { eventually } from '../../src/eventually.ts';
import { systemUrl } from '../../src/system.ts';
import { Viewer } from '../../src/viewer.ts';

const timeOf = (page: Page) => page.evaluate<number>('document.querySelector("video[slot=media]")?.currentTime ?? 0');

describe('a video that was left in the middle', () => {
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    browser = await launchBrowser();
    const { body: video } = await new Viewer(systemUrl()).upload(await clip(20), 'Left in the middle');
    ({ page } = await visitor(browser));
    await page.route(`**/api/videos/${video.id}`, async (route) => {
      const answer = await route.fetch();
      const body: Video = await answer.json();
      await route.fulfill({ response: answer, json: { ...body, links: { ...body.links, hls: null } } });
    });
    await page.goto(`/watch/${video.id}`);
    await eventually(
      () => page.evaluate<number>('document.querySelector("video[slot=media]").readyState'),
      (state) => state > 0,
    );
    await page.evaluate('document.querySelector("video[slot=media]").currentTime = 13');
    await page.keyboard.press('k');
    await eventually(
      () => timeOf(page),
      (seconds) => seconds > 13.3,
    );
    await page.keyboard.press('k');
  }, 120_000);
  afterAll(() => browser?.close());

  it('when the server says nothing of it, or what was before, then it goes on there all the same', async () => {
    for (const answer of [{ status: 500 }, { json: { items: [], nextCursor: null } }]) {
      await page.unroute('**/api/continue-watching*');
      await page.route('**/api/continue-watching*', (route) => route.fulfill(answer));
      await page.reload();
      await page.getByText('Resumed at 0:13').waitFor();
      await eventually(
        () => timeOf(page),
        (seconds) => seconds >= 13,
      );
    }
  });

  it('when its file does not come at first, then it goes on there once it comes', async () => {
    await page.route('**/file', (route) => route.abort());
    await page.reload();
    await page.getByText('The video stopped coming').waitFor();
    await page.unroute('**/file');
    await page.getByRole('button', { name: 'Try now' }).click();
    const place = await eventually(
      () => timeOf(page),
      (seconds) => seconds > 0,
    );
    expect(Math.floor(place)).toBe(13);
  });
});
