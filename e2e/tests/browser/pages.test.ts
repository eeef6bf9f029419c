import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { accessibilityFaults, launchBrowser, overflow, visitor, widths } from '../../src/browser.ts';
import { clip } from '../../src/clips.ts';
import { eventually } from '../../src/eventually.ts';
import { systemUrl } from '../../src/system.ts';
import { Viewer } from '../../src/viewer.ts';

describe('every page', () => {
  let browser: Browser;
  let id = '';

  beforeAll(async () => {
    browser = await launchBrowser();
    const publisher = new Viewer(systemUrl());
    for (const title of [
      'Waves at night',
      'A very long title that does not fit into one line of a narrow window at all',
      'Kurzfilm',
    ]) {
      id = (await publisher.upload(await clip(6), title, 'What it is about: https://example.com')).body.id;
    }
  });
  afterAll(() => browser?.close());

  const cases = widths.flatMap((width) => (['light', 'dark'] as const).map((colorScheme) => ({ width, colorScheme })));

  it.each(cases)(
    'when it is $width px wide and $colorScheme, then it fits, and axe finds no fault',
    async ({ width, colorScheme }) => {
      const { page, context, complaints } = await visitor(browser, { width, colorScheme });
      const paths = [
        '/',
        '/?sort=trending',
        `/watch/${id}`,
        '/upload',
        '/history',
        '/studio',
        '/search?query=night',
        '/search?query=nothinglikeit',
        '/search',
        '/nowhere',
      ];
      const faults: string[] = [];
      for (const path of paths) {
        await page.goto(path);
        await page.getByRole('main').getByRole('heading').first().waitFor({ state: 'attached' });
        await page.waitForLoadState('networkidle');
        faults.push(...(await accessibilityFaults(page)).map((fault) => `${path}: ${fault}`));
        const tooWide = await overflow(page);
        if (tooWide > 0) faults.push(`${path}: ${tooWide} px wider than the window`);
      }
      expect(faults).toEqual([]);
      expect(complaints).toEqual([]);
      await context.close();
    },
    120_000,
  );

  it('when the keyboard alone is used, then a video can be found and watched', async () => {
    const { page, context } = await visitor(browser);
    await page.goto('/');
    await page.getByRole('link', { name: 'Kurzfilm' }).first().waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    for (let tabs = 0; tabs < 30; tabs += 1) {
      const focused = await page.evaluate('document.activeElement?.textContent');
      if (focused === 'Kurzfilm') break;
      await page.keyboard.press('Tab');
    }
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Kurzfilm' }).waitFor();
    await page.keyboard.press('k');
    await eventually(
      () => page.evaluate<number>('document.querySelector("video[slot=media]").currentTime'),
      (seconds) => seconds > 0.5,
    );
    await context.close();
  });

  it('when a history is there, then it is listed and each entry can be removed', async () => {
    const { page, context } = await visitor(browser);
    await page.goto('/');
    const progress = { sessionId: randomUUID(), positionSeconds: 2, watchedSeconds: 2, durationSeconds: 6 };
    const answer = await page.request.post(`/api/videos/${id}/progress`, { data: progress });
    expect(answer.status()).toBe(202);
    await eventually(
      async () => (await page.request.get('/api/history')).json(),
      (history) => history.items.length === 1,
    );
    await page.goto('/history');
    await page.getByRole('link', { name: 'Kurzfilm' }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('button', { name: /^Remove/ }).click();
    await page.getByText('Nothing watched yet').waitFor();
    await context.close();
  });
});
