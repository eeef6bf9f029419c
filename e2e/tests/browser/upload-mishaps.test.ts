import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Video } from '@flixtube/contracts/http/video';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { connection, launchBrowser, visitor } from '../../src/browser.ts';
import { fakeClip } from '../../src/clips.ts';
import { eventually } from '../../src/eventually.ts';

const megabytes = 1_000_000;
const file = (name: string, size: number, seed: number) => ({
  name,
  mimeType: 'video/mp4',
  buffer: Buffer.from(fakeClip(size, seed)),
});
const resumable = (page: Page) => page.getByRole('heading', { name: 'Can be resumed' });
const start = (page: Page) => page.getByRole('button', { name: 'Upload video' }).click();

describe('the upload page, when things do not go as they should', () => {
  let browser: Browser;
  let folder = '';

  beforeAll(async () => {
    browser = await launchBrowser();
    folder = await mkdtemp(path.join(tmpdir(), 'flixtube-mishaps-'));
  });
  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** A page with an upload of a file on disk in its middle. */
  async function inTheMiddle(name: string) {
    const { page, context } = await visitor(browser);
    const chosen = path.join(folder, name);
    await writeFile(chosen, fakeClip(4 * megabytes, 21));
    await page.goto('/upload');
    await connection(page, { bytesPerSecond: 0.6 * megabytes });
    await page.setInputFiles('input[type=file]', chosen);
    await start(page);
    await eventually(
      async () => Number(await page.getByRole('progressbar').getAttribute('aria-valuenow')),
      (percent) => percent > 15,
    );
    return { page, context, chosen };
  }

  async function videoOf(page: Page): Promise<Video> {
    await page.waitForURL(/\/watch\/[0-9a-f-]{36}$/);
    return (await page.request.get(`/api/videos/${page.url().split('/').at(-1)}`)).json();
  }

  it('when a file is dropped beside the drop zone, then it is taken, and the page stays; a text may be dropped as ever', async () => {
    const { page, context } = await visitor(browser);
    await page.goto('/upload');
    await page.getByRole('button', { name: 'Choose videos' }).waitFor();
    const prevented = await page.evaluate(`(() => {
      const files = new DataTransfer();
      files.items.add(new File(['x'], 'dropped.mp4', { type: 'video/mp4' }));
      const text = new DataTransfer();
      text.setData('text/plain', 'x');
      return [['dragover', files], ['drop', files], ['dragover', text]].map(([type, dataTransfer]) => {
        const event = new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer });
        document.querySelector('h1').dispatchEvent(event);
        return event.defaultPrevented;
      });
    })()`);
    expect(prevented).toEqual([true, true, false]);
    await page.getByRole('article', { name: 'dropped.mp4' }).waitFor();
    await context.close();
  });

  it('when the description is as long as it may be, in letters of three bytes, then the video has it', async () => {
    const { page, context } = await visitor(browser);
    await page.goto('/upload');
    await page.setInputFiles('input[type=file]', file('long.mp4', megabytes / 4, 22));
    const description = '散歩'.repeat(2500);
    await page.getByLabel('Description').fill(description);
    await start(page);
    expect((await videoOf(page)).description).toBe(description);
    await context.close();
  });

  it('when the title is written while the server is told of the upload, then the video has it', async () => {
    const { page, context } = await visitor(browser);
    const told = Promise.withResolvers<void>();
    const written = Promise.withResolvers<void>();
    await page.route('**/api/uploads', async (route) => {
      if (route.request().method() === 'POST') {
        told.resolve();
        await written.promise;
      }
      await route.continue();
    });
    await page.goto('/upload');
    await page.setInputFiles('input[type=file]', file('early.mp4', megabytes / 4, 23));
    await start(page);
    await told.promise;
    await page.getByLabel('Title').fill('Written meanwhile');
    written.resolve();
    await page.getByText('Saved', { exact: true }).waitFor();
    const href = await page.getByRole('link', { name: 'Written meanwhile' }).getAttribute('href');
    const video: Video = await (await page.request.get(`/api${href?.replace('watch', 'videos')}`)).json();
    expect(video.title).toBe('Written meanwhile');
    await context.close();
  });

  it('when the file is changed in the middle, then it is said that it cannot be read, not that the connection broke', async () => {
    const { page, context, chosen } = await inTheMiddle('changed.mp4');
    await page.getByRole('button', { name: 'Pause changed.mp4' }).click();
    await appendFile(chosen, 'more');
    await page.getByRole('button', { name: 'Resume changed.mp4' }).click();
    await page.getByRole('alert').getByText('“changed.mp4” cannot be read any more').waitFor();
    await context.close();
  });

  it('when an upload was begun more than a day ago, then it can be resumed as long as the server has it', async () => {
    const { page, context } = await inTheMiddle('yesterday.mp4');
    page.on('dialog', (dialog) => void dialog.accept());
    await page.clock.setFixedTime(Date.now() + 26 * 3600 * 1000);
    const head = page.waitForRequest((request) => request.method() === 'HEAD');
    await page.reload();
    await resumable(page).waitFor();
    const answer = await page.request.delete((await head).url(), { headers: { 'tus-resumable': '1.0.0' } });
    expect(answer.status()).toBe(204);
    const asked = page.waitForResponse((response) => response.request().method() === 'HEAD');
    await page.reload();
    expect([404, 410]).toContain((await asked).status());
    await page.getByRole('button', { name: 'Choose videos' }).waitFor();
    await eventually(
      () => page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('tus::')).length"),
      (count) => count === 0,
    );
    expect(await resumable(page).count()).toBe(0);
    await context.close();
  });

  it('when somebody has more unfinished uploads than they may, then that is said, not that the connection broke', async () => {
    const { page, context } = await visitor(browser);
    await page.goto('/upload');
    const headers = { 'tus-resumable': '1.0.0', 'upload-length': '1000' };
    for (let most = 20; most > 0; most -= 1) await page.request.post('/api/uploads', { headers });
    await page.setInputFiles('input[type=file]', file('more.mp4', megabytes / 4, 24));
    await start(page);
    await page.getByText('You have 20 unfinished uploads').first().waitFor();
    await context.close();
  });
});
