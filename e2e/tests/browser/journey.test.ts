import type { Video } from '@flixtube/contracts/http/video';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Locator, Page } from 'playwright-core';
import { launchBrowser, visitor } from '../../src/browser.ts';
import { clip } from '../../src/clips.ts';
import { eventually } from '../../src/eventually.ts';
import { systemUrl } from '../../src/system.ts';
import { Viewer } from '../../src/viewer.ts';

interface MediaElement {
  currentTime: number;
  paused: boolean;
  duration: number;
}

const timeOf = (player: Locator) => player.evaluate((element) => (element as unknown as MediaElement).currentTime);
const seek = (player: Locator, seconds: number) =>
  player.evaluate((element, to) => {
    (element as unknown as MediaElement).currentTime = to;
  }, seconds);

describe('someone who has never seen FlixTube', () => {
  let browser: Browser;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    browser = await launchBrowser();
    ({ page, complaints } = await visitor(browser));
  });
  afterAll(() => browser?.close());

  it('when they upload a video, then they get to its page and it plays', async () => {
    await page.goto('/');
    await page.getByRole('banner').getByRole('link', { name: 'Upload', exact: true }).last().click();
    await page.setInputFiles('input[type=file]', {
      name: 'a_walk-in the rain.mp4',
      mimeType: 'video/mp4',
      buffer: Buffer.from(await clip(20)),
    });
    const title = page.getByLabel('Title');
    expect((await title.inputValue()).toLowerCase()).toContain('walk');
    await title.fill('A walk in the rain');
    await page.getByLabel('Description').fill('Filmed in one take.');
    await page.getByRole('button', { name: 'Upload video' }).click();
    await page.waitForURL(/\/watch\/[0-9a-f-]{36}$/);
    await page.getByRole('heading', { level: 1, name: 'A walk in the rain' }).waitFor();
    const player = page.locator('video[slot=media]');
    await page.keyboard.press('k');
    await eventually(
      () => timeOf(player),
      (seconds) => seconds > 1,
    );
  });

  it('when they seek, then it goes on from there', async () => {
    const player = page.locator('video[slot=media]');
    await seek(player, 12);
    await eventually(
      () => timeOf(player),
      (seconds) => seconds > 12.5,
    );
    await page.keyboard.press('j');
    await eventually(
      () => timeOf(player),
      (seconds) => seconds < 8,
    );
    await seek(player, 14);
    await page.keyboard.press('k');
  });

  it('when they leave and come back, then it goes on where they left it', async () => {
    await page.getByRole('link', { name: 'History', exact: true }).first().click();
    await page.getByRole('link', { name: 'A walk in the rain' }).first().waitFor();
    await page.goto('/');
    await page.getByRole('link', { name: 'A walk in the rain' }).first().click();
    const player = page.locator('video[slot=media]');
    await eventually(
      () => timeOf(player),
      (seconds) => seconds >= 13,
    );
  });

  it('when they type the beginning of a word, then the search finds it', async () => {
    await page.getByRole('searchbox', { name: 'Search videos' }).pressSequentially('rai wal');
    await page.waitForURL(/\/search\?query=/);
    await page.getByRole('main').getByRole('link', { name: 'A walk in the rain' }).waitFor();
  });

  it('when they clear their history, then it is empty', async () => {
    await page.goto('/history');
    await page.getByRole('button', { name: 'Clear history' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Clear history' }).click();
    await page.getByText('Nothing watched yet').waitFor();
  });

  it('when they change its title and delete it, then everyone sees that', async () => {
    const other = new Viewer(systemUrl());
    const { body } = await other.list({ query: 'walk rain' });
    const [video] = body.items as [Video];
    await page.goto(`/watch/${video.id}`);
    await page.getByRole('button', { name: 'Edit' }).click();
    await page.getByRole('dialog').getByLabel('Title').fill('A walk in the sun');
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { level: 1, name: 'A walk in the sun' }).waitFor();
    expect((await other.ask<Video>(`/api/videos/${video.id}`)).body.title).toBe('A walk in the sun');
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete video' }).click();
    await page.waitForURL((url) => url.pathname === '/');
    expect((await other.ask(`/api/videos/${video.id}`)).status).toBe(404);
  });

  it('when all that is done, then the browser has complained of nothing', () => {
    expect(complaints).toEqual([]);
  });
});

describe('someone else’s video', () => {
  it('when a stranger opens its page, then they cannot change it', async () => {
    const { body } = await new Viewer(systemUrl()).upload(await clip(6), 'Not yours');
    const browser = await launchBrowser();
    try {
      const { page } = await visitor(browser);
      await page.goto(`/watch/${body.id}`);
      await page.getByRole('heading', { level: 1, name: 'Not yours' }).waitFor();
      expect(await page.getByRole('button', { name: 'Edit' }).count()).toBe(0);
      expect(await page.getByRole('button', { name: 'Delete' }).count()).toBe(0);
    } finally {
      await browser.close();
    }
  });
});
