import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Video } from '@flixtube/contracts/http/video';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page, Request, Response } from 'playwright-core';
import { accessibilityFaults, connection, launchBrowser, overflow, visitor, widths } from '../../src/browser.ts';
import { fakeClip } from '../../src/clips.ts';
import { eventually } from '../../src/eventually.ts';

const megabytes = 1_000_000;
const file = (name: string, size: number, seed: number) => ({
  name,
  mimeType: 'video/mp4',
  buffer: Buffer.from(fakeClip(size, seed)),
});

const card = (page: Page, name: string) => page.getByRole('article', { name });
const share = async (page: Page, name: string) =>
  Number(await card(page, name).getByRole('progressbar', { name: 'Upload progress' }).getAttribute('aria-valuenow'));
const isPatch = (request: Request) => request.method() === 'PATCH' && request.url().includes('/api/uploads/');

describe('the upload page', () => {
  let browser: Browser;
  let folder = '';

  beforeAll(async () => {
    browser = await launchBrowser();
    folder = await mkdtemp(path.join(tmpdir(), 'flixtube-upload-'));
  });
  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('when many files are chosen, then those that are no videos are refused by name, and the others arrive as titled', async () => {
    const { page, context, complaints } = await visitor(browser);
    await page.goto('/upload');
    await page.setInputFiles('input[type=file]', [
      file('first_one.mp4', megabytes / 4, 1),
      file('second.mp4', megabytes / 4, 2),
      { name: 'cv.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF') },
    ]);
    await page.getByRole('alert').getByText('“cv.pdf” is not a video').waitFor();
    expect(await page.getByRole('article').count()).toBe(2);
    await card(page, 'second.mp4').getByLabel('Title').fill('The second one');
    await page.getByRole('button', { name: 'Upload 2 videos' }).click();
    await card(page, 'first_one.mp4').getByRole('link', { name: 'First one' }).waitFor();
    const link = card(page, 'second.mp4').getByRole('link', { name: 'The second one' });
    const id = (await link.getAttribute('href'))?.split('/').at(-1);
    const video: Video = await (await page.request.get(`/api/videos/${id}`)).json();
    expect(video).toMatchObject({ title: 'The second one', sizeBytes: megabytes / 4 });
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('when an upload is paused, then nothing is sent; resumed, it goes on where it was, with what was written meanwhile', async () => {
    const { page, context } = await visitor(browser);
    await page.goto('/upload');
    await connection(page, { bytesPerSecond: 0.6 * megabytes });
    await page.setInputFiles('input[type=file]', file('slow.mp4', 4 * megabytes, 3));
    await page.getByRole('button', { name: 'Upload video' }).click();
    await eventually(
      () => share(page, 'slow.mp4'),
      (percent) => percent > 15,
    );
    await card(page, 'slow.mp4').getByLabel('Title').fill('Written while it was sent');
    await page.getByRole('button', { name: 'Pause slow.mp4' }).click();
    await card(page, 'slow.mp4').getByText('Paused').waitFor();
    const again = page.waitForRequest(isPatch);
    await connection(page, {});
    await page.getByRole('button', { name: 'Resume slow.mp4' }).click();
    expect(Number((await again).headers()['upload-offset'])).toBeGreaterThan(0);
    await card(page, 'slow.mp4').getByText('Saved', { exact: true }).waitFor();
    const link = card(page, 'slow.mp4').getByRole('link', { name: 'Written while it was sent' });
    const video: Video = await (
      await page.request.get(`/api${(await link.getAttribute('href'))?.replace('watch', 'videos')}`)
    ).json();
    expect(video.title).toBe('Written while it was sent');
    await context.close();
  });

  it('when the connection is lost, then it says so and goes on by itself; what had arrived is not sent again', async () => {
    const { page, context } = await visitor(browser);
    await page.goto('/upload');
    await connection(page, { bytesPerSecond: 0.6 * megabytes });
    await page.setInputFiles('input[type=file]', file('train.mp4', 4 * megabytes, 4));
    await page.getByRole('button', { name: 'Upload video' }).click();
    await eventually(
      () => share(page, 'train.mp4'),
      (percent) => percent > 15,
    );
    await connection(page, { offline: true });
    await card(page, 'train.mp4').getByText('The connection broke').waitFor();
    const again = page.waitForRequest(isPatch);
    await connection(page, {});
    expect(Number((await again).headers()['upload-offset'])).toBeGreaterThan(0);
    await page.waitForURL(/\/watch\/[0-9a-f-]{36}$/);
    await context.close();
  });

  it('when the page was closed in the middle, then the same file can be chosen again and goes on', async () => {
    const { page, context } = await visitor(browser);
    const large = path.join(folder, 'left behind.mp4');
    await writeFile(large, fakeClip(4 * megabytes, 5));
    await page.goto('/upload');
    await connection(page, { bytesPerSecond: 0.6 * megabytes });
    await page.setInputFiles('input[type=file]', large);
    await page.getByRole('button', { name: 'Upload video' }).click();
    await eventually(
      () => share(page, 'left behind.mp4'),
      (percent) => percent > 15,
    );
    let asked = '';
    page.once('dialog', (dialog) => {
      asked = dialog.type();
      void dialog.accept();
    });
    await page.reload();
    expect(asked).toBe('beforeunload');
    await page.getByRole('heading', { name: 'Can be resumed' }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.setInputFiles('input[type=file]', large);
    await card(page, 'left behind.mp4').getByText('A part of it has arrived already').waitFor();
    const again = page.waitForRequest(isPatch);
    await connection(page, {});
    await page.getByRole('button', { name: 'Upload video' }).click();
    expect(Number((await again).headers()['upload-offset'])).toBeGreaterThan(0);
    await page.waitForURL(/\/watch\/[0-9a-f-]{36}$/);
    await page.goto('/upload');
    expect(await page.getByRole('heading', { name: 'Can be resumed' }).count()).toBe(0);
    await context.close();
  });

  it('when an upload is cancelled, then the server throws away what it has', async () => {
    const { page, context } = await visitor(browser);
    await page.goto('/upload');
    await connection(page, { bytesPerSecond: 0.6 * megabytes });
    await page.setInputFiles('input[type=file]', file('wrong.mp4', 4 * megabytes, 6));
    const patch = page.waitForRequest(isPatch);
    await page.getByRole('button', { name: 'Upload video' }).click();
    const { pathname } = new URL((await patch).url());
    await eventually(
      () => share(page, 'wrong.mp4'),
      (percent) => percent > 5,
    );
    await page.getByRole('button', { name: 'Cancel the upload of wrong.mp4' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel upload' }).click();
    await connection(page, {});
    await eventually(
      async () => (await page.request.head(pathname, { headers: { 'tus-resumable': '1.0.0' } })).status(),
      (status) => status === 404 || status === 410,
    );
    expect(await page.getByRole('article').count()).toBe(0);
    await context.close();
  });

  it.each(widths)(
    'when uploads are under way at %i px, then it fits, and axe finds no fault, here and on the way',
    async (width) => {
      const { page, context } = await visitor(browser, { width, colorScheme: width < 600 ? 'dark' : 'light' });
      await page.goto('/upload');
      await connection(page, { bytesPerSecond: 0.3 * megabytes });
      await page.setInputFiles('input[type=file]', [
        file('one.mp4', 4 * megabytes, 7),
        file(`${'a very long name of a file '.repeat(5)}.mp4`, 4 * megabytes, 8),
        file('three.mp4', 4 * megabytes, 9),
      ]);
      expect(await accessibilityFaults(page)).toEqual([]);
      await page.getByRole('button', { name: 'Upload 3 videos' }).click();
      await eventually(
        () => share(page, 'one.mp4'),
        (percent) => percent > 0,
      );
      await card(page, 'three.mp4').getByText('Waiting for its turn').waitFor();
      expect(await accessibilityFaults(page)).toEqual([]);
      expect(await overflow(page)).toBe(0);
      await page.getByRole('link', { name: 'History', exact: true }).locator('visible=true').click();
      await page.getByRole('link', { name: /^Uploading 3 videos/ }).waitFor();
      expect(await accessibilityFaults(page)).toEqual([]);
      await context.close();
    },
  );

  it('when the home page is opened, then neither the uploader nor the player of HLS is loaded', async () => {
    const { page, context } = await visitor(browser);
    const scripts: Response[] = [];
    page.on('response', (response) => {
      if (response.url().endsWith('.js')) scripts.push(response);
    });
    await page.goto('/');
    // The other pages' code is fetched ahead, three seconds later.
    await eventually(
      async () => scripts.length,
      (count) => count > 3,
    );
    await page.waitForLoadState('networkidle');
    const codes = await Promise.all(scripts.map(async (response) => [response.url(), await response.text()] as const));
    const heavy = codes.filter(([, code]) => /Tus-Resumable|hlsManifestParsed/.test(code));
    expect(heavy.map(([url]) => url)).toEqual([]);
    await context.close();
  });
});
