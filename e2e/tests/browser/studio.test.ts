import type { Video } from '@flixtube/contracts/http/video';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { accessibilityFaults, launchBrowser, overflow, visitor, widths } from '../../src/browser.ts';
import { clip, fakeClip } from '../../src/clips.ts';
import { eventually } from '../../src/eventually.ts';

describe('the studio', () => {
  let browser: Browser;
  let cookies: Awaited<ReturnType<BrowserContext['cookies']>>;
  let first: Awaited<ReturnType<typeof visitor>>;

  const upload = async (page: Page, bytes: Uint8Array, title: string): Promise<Video> => {
    const headers = { 'content-type': 'video/mp4' };
    const address = `/api/videos?title=${encodeURIComponent(title)}`;
    const answer = await page.request.post(address, { headers, data: Buffer.from(bytes) });
    expect(answer.status()).toBe(201);
    return answer.json();
  };
  const entry = (page: Page, title: string) =>
    page.getByRole('list', { name: 'Your videos' }).getByRole('listitem').filter({ hasText: title });

  beforeAll(async () => {
    browser = await launchBrowser();
    first = await visitor(browser);
    await first.page.goto('/studio');
    cookies = await first.context.cookies();
  });
  afterAll(() => browser?.close());

  it('when nothing was uploaded, then it shows the way to upload something', async () => {
    await first.page.getByText('Nothing uploaded yet').waitFor();
    await first.page.getByRole('main').getByRole('link', { name: 'Upload a video' }).click();
    await first.page.waitForURL(/\/upload$/);
  });

  it('when a broken file was uploaded, then it says in a sentence why it could not be processed', async () => {
    const { page, complaints } = first;
    const { id } = await upload(page, fakeClip(300_000, 11), 'Hardly a video');
    await page.getByRole('banner').getByRole('link', { name: 'Studio' }).click();
    // The page looks again by itself.
    await entry(page, 'Hardly a video').getByText('Could not be processed').waitFor({ timeout: 60_000 });
    const { failure }: Video = await (await page.request.get(`/api/videos/${id}`)).json();
    await entry(page, 'Hardly a video')
      .getByText(failure?.detail as string)
      .waitFor();
    expect(complaints).toEqual([]);
  }, 120_000);

  it('when a failure may pass, then it can be processed again, and the focus stays at that video', async () => {
    const { page, context } = await visitor(browser);
    await page.goto('/');
    const video = await upload(page, fakeClip(20_000, 12), 'Storm');
    const failure = { kind: 'internal', detail: 'Something broke on our side.', retriable: true };
    let state: Partial<Video> = { status: 'failed', failure };
    await page.route('**/api/studio/videos*', (route) =>
      route.fulfill({ json: { items: [{ ...video, ...state }], nextCursor: null } }),
    );
    let asked = '';
    await page.route(`**/api/videos/${video.id}/processing`, (route) => {
      asked = route.request().method();
      state = { status: 'processing', failure: null, progress: 0 };
      return route.fulfill({ status: 202, json: { ...video, ...state } });
    });
    await page.goto('/studio');
    await entry(page, 'Storm').getByText(failure.detail).waitFor();
    await page.getByRole('button', { name: 'Process again Storm' }).click();
    await page.getByRole('progressbar', { name: 'Processing progress of Storm' }).waitFor();
    expect(asked).toBe('POST');
    await eventually(
      () => page.evaluate<string>('document.activeElement?.textContent'),
      (text) => text === 'Waiting to be processed',
    );
    // It is looked at again by itself, and that it is ready is said.
    state = { status: 'ready', failure: null, progress: 1 };
    await entry(page, 'Storm').getByText('Ready', { exact: true }).waitFor();
    await page.getByRole('status', { name: 'Announcements' }).getByText('“Storm”: Ready to watch').waitFor();
    await context.close();
  });

  it('when a video is changed here, then its entry is; the keyboard is enough for it', async () => {
    const { page } = first;
    await upload(page, await clip(2, '320x180'), 'Waves at night');
    await page.reload();
    const edit = entry(page, 'Waves at night').getByRole('button', { name: 'Edit Waves at night' });
    await edit.focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Edit video' });
    await dialog.getByLabel('Title').fill('Waves by day');
    await dialog.getByRole('radio', { name: 'Private' }).check();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.keyboard.press('Enter');
    await entry(page, 'Waves by day').getByText('Private').waitFor();
    expect(await page.evaluate('document.activeElement?.textContent')).toBe('Edit Waves by day');
  });

  it.each(widths.flatMap((width) => (['light', 'dark'] as const).map((colorScheme) => ({ width, colorScheme }))))(
    'when it is $width px wide and $colorScheme, then it fits with what is ready, failed and under way, and axe finds no fault',
    async ({ width, colorScheme }) => {
      const { page, context, complaints } = await visitor(browser, { width, colorScheme });
      await context.addCookies(cookies);
      const title = `A very long title that does not fit into one line of a narrow window at all, at ${width} ${colorScheme}`;
      await upload(page, await clip(2, '320x180'), title);
      await page.goto('/studio');
      await entry(page, title).waitFor();
      expect(await accessibilityFaults(page)).toEqual([]);
      expect(await overflow(page)).toBe(0);
      expect(complaints).toEqual([]);
      await context.close();
    },
  );

  it('when a video is deleted here, then the others are left, and the focus is at the next', async () => {
    const { page } = first;
    await page.reload();
    await entry(page, 'Waves by day').waitFor();
    const count = await page.getByRole('list', { name: 'Your videos' }).getByRole('listitem').count();
    await page.getByRole('button', { name: 'Delete Waves by day' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete video' }).click();
    await entry(page, 'Waves by day').waitFor({ state: 'detached' });
    expect(await page.getByRole('list', { name: 'Your videos' }).getByRole('listitem').count()).toBe(count - 1);
    await eventually(
      () => page.evaluate<string>('document.activeElement?.textContent'),
      (text) => text === 'Hardly a video',
    );
  });

  it('when there are more than a page of them, then the others come as one scrolls', async () => {
    const { page, context } = await visitor(browser, { width: 360 });
    await page.goto('/');
    for (let n = 0; n < 26; n += 1) await upload(page, fakeClip(20_000, 100 + n), `Number ${n}`);
    await page.goto('/studio');
    await entry(page, 'Number 25').waitFor();
    await page.mouse.wheel(0, 20_000);
    await entry(page, 'Number 0').waitFor();
    expect(await page.getByRole('list', { name: 'Your videos' }).getByRole('listitem').count()).toBe(26);
    await context.close();
  }, 120_000);
});
