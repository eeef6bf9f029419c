import type { Video } from '@flixtube/contracts/http/video';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { accessibilityFaults, launchBrowser, overflow, visitor, widths } from '../../src/browser.ts';
import { clip } from '../../src/clips.ts';
import { systemUrl } from '../../src/system.ts';
import { Viewer } from '../../src/viewer.ts';

describe('the end of a video', () => {
  let browser: Browser;
  let first: Video;
  let second: Video;

  beforeAll(async () => {
    browser = await launchBrowser();
    const publisher = new Viewer(systemUrl());
    first = (await publisher.upload(await clip(3, '320x180'), 'The first part')).body;
    second = (await publisher.upload(await clip(3, '320x180'), 'The second part, which goes on and on')).body;
  }, 120_000);
  afterAll(() => browser?.close());

  it.each(widths)(
    'when it is reached on a page of %i px, then the next one is offered, and begins when asked',
    async (width) => {
      const { page, context } = await visitor(browser, { width });
      await page.route('**/api/videos?sort=trending*', (route) =>
        route.fulfill({ json: { items: [first, second], nextCursor: null } }),
      );
      await page.goto(`/watch/${first.id}`);
      await page.locator('video[slot=media]').waitFor();
      await page.keyboard.press('k');
      const offer = page.getByRole('region', { name: 'Up next' });
      await offer.getByRole('link', { name: second.title }).waitFor();
      expect(await accessibilityFaults(page)).toEqual([]);
      expect(await overflow(page)).toBe(0);
      await offer.getByRole('button', { name: 'Close' }).click();
      await offer.waitFor({ state: 'detached' });
      await page.keyboard.press('Home');
      await page.keyboard.press('Shift+N');
      await page.waitForURL(`**/watch/${second.id}`);
      await page.getByRole('heading', { level: 1, name: second.title }).waitFor();
      await context.close();
    },
  );
});
