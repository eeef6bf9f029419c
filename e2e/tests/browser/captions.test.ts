import type { Video } from '@flixtube/contracts/http/video';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { accessibilityFaults, launchBrowser, overflow, visitor, widths } from '../../src/browser.ts';
import { clip } from '../../src/clips.ts';
import { eventually } from '../../src/eventually.ts';

const srt = (words: string) => Buffer.from(`1\n00:00:00,000 --> 00:00:05,000\n${words}\n`);

interface Shown {
  /** Of each text track for who cannot hear: its language, how it is called, and whether it is shown. */
  tracks: { language: string; label: string; showing: boolean }[];
  /** The words over the picture. */
  words: string;
  time: number;
}

const shownBy = (page: Page) =>
  page.evaluate<Shown>(`(() => {
    const video = document.querySelector('video[slot=media]');
    const tracks = [...video.textTracks].filter(({ kind }) => kind === 'captions');
    const showing = tracks.filter(({ mode }) => mode === 'showing');
    return {
      tracks: tracks.map(({ language, label, mode }) => ({ language, label, showing: mode === 'showing' })),
      words: showing.flatMap(({ activeCues }) => [...(activeCues ?? [])]).map(({ text }) => text).join(' | '),
      time: video.currentTime,
    };
  })()`);

/**
 * To where there are words. Chromium looks anew for the cue of a place once the place changes; of captions that were there
 * before the medium, none is active at 0:00 until then.
 */
const goToWords = async (page: Page) => {
  await page.locator('video[slot=media]').waitFor();
  await page.evaluate('document.querySelector("video[slot=media]").currentTime = 2');
};

describe('the captions of a video', () => {
  let browser: Browser;
  let page: Page;
  let complaints: string[];
  let cookies: Awaited<ReturnType<BrowserContext['cookies']>>;
  let video: Video;

  const dialog = () => page.getByRole('dialog', { name: 'Captions' });
  const listed = () => dialog().getByRole('list', { name: 'Captions of this video' }).getByRole('listitem');
  const choose = (name: string, buffer: Buffer) =>
    dialog().getByLabel('Captions file').setInputFiles({ name, mimeType: 'application/octet-stream', buffer });
  const drop = (name: string, text: string) =>
    page.evaluate(`(() => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([${JSON.stringify(text)}], ${JSON.stringify(name)}));
      document.querySelector('.captions-file').dispatchEvent(new DragEvent('drop', { bubbles: true, dataTransfer }));
    })()`);
  const said = (words: string) => dialog().getByRole('status').getByText(words, { exact: true }).waitFor();

  beforeAll(async () => {
    browser = await launchBrowser();
    const first = await visitor(browser);
    ({ page, complaints } = first);
    await page.goto('/');
    const headers = { 'content-type': 'video/mp4' };
    const answer = await page.request.post('/api/videos?title=Spoken%20words', {
      headers,
      data: Buffer.from(await clip(6, '320x180')),
    });
    video = await answer.json();
    cookies = await first.context.cookies();
    await page.goto(`/watch/${video.id}`);
    await page.getByRole('heading', { level: 1, name: 'Spoken words' }).waitFor();
  }, 120_000);
  afterAll(() => browser?.close());

  it('when the owner adds an SRT file by keyboard, then it is listed, and shown on the picture where that stands', async () => {
    await goToWords(page);
    await page.getByRole('button', { name: 'Captions', exact: true }).focus();
    await page.keyboard.press('Enter');
    await dialog().getByText('This video has no captions yet.').waitFor();
    // The file's name tells its language.
    await choose('a talk.de.srt', srt('Guten Tag'));
    expect(await dialog().getByLabel('Language').inputValue()).toBe('de');
    await dialog().getByRole('button', { name: 'Add captions' }).focus();
    await page.keyboard.press('Enter');
    await said('Captions in German added');
    expect(await listed().allInnerTexts()).toEqual([expect.stringContaining('Deutsch')]);
    const shown = await eventually(
      () => shownBy(page),
      ({ words }) => words !== '',
    );
    expect(shown).toEqual({
      tracks: [{ language: 'de', label: 'Deutsch', showing: true }],
      words: 'Guten Tag',
      time: 2,
    });
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  it('when those of a language are replaced by a file that is dropped, then the player has the new ones, at the same place', async () => {
    await dialog().getByRole('button', { name: 'Replace Deutsch' }).click();
    expect(await page.evaluate('document.activeElement?.textContent')).toBe('Choose a file');
    await drop('better.srt', srt('Guten Abend').toString());
    await dialog().getByLabel('Label').fill('Deutsch, besser');
    await dialog().getByRole('button', { name: 'Replace captions' }).click();
    await said('Captions in German replaced');
    expect(await listed().count()).toBe(1);
    const shown = await eventually(
      () => shownBy(page),
      ({ words }) => words === 'Guten Abend',
    );
    expect(shown).toMatchObject({ tracks: [{ label: 'Deutsch, besser' }], time: 2 });
  });

  it('when a file cannot be read, then its line is named beside it; what is no captions file is not sent', async () => {
    await choose('broken.srt', Buffer.from('1\n00:00:00,000 --> 00:00:01,000\nfine\n\n2\nnever\nbroken\n'));
    await dialog().getByLabel('Language').selectOption('fr');
    await dialog().getByRole('button', { name: 'Add captions' }).click();
    const problem = dialog().getByRole('alert').filter({ hasText: 'Line 5' });
    await problem.waitFor();
    expect(await page.evaluate('document.activeElement?.textContent')).toBe('Choose a file');
    await choose('film.mp4', Buffer.from('not captions'));
    await dialog().getByText('is no captions file').waitFor();
    expect(await problem.count()).toBe(0);
    await dialog().getByLabel('Language').selectOption('other');
    await dialog().getByLabel('Language tag').fill('in English');
    await choose('good.vtt', Buffer.from('WEBVTT\n\n00:00.000 --> 00:05.000\nBore da\n'));
    await dialog().getByRole('button', { name: 'Add captions' }).click();
    await dialog().getByText('This is no language tag').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await dialog().getByLabel('Language tag').fill('CY');
    await dialog().getByText('Welsh.').waitFor();
    await dialog().getByRole('button', { name: 'Add captions' }).click();
    await said('Captions in Welsh added');
    expect(await listed().count()).toBe(2);
    // What the server refused is the browser's only complaint.
    expect(complaints.splice(0)).toEqual([expect.stringContaining('400')]);
  });

  it('when captions are off, then the key C shows those in the language that was chosen last, also on the next visit', async () => {
    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'detached' });
    expect(await page.evaluate('document.activeElement?.textContent')).toBe('Captions');
    await eventually(
      () => shownBy(page),
      ({ words }) => words === 'Bore da',
    );
    await page.keyboard.press('c');
    await eventually(
      () => shownBy(page),
      ({ words }) => words === '',
    );
    await page.reload();
    await goToWords(page);
    expect((await shownBy(page)).words).toBe('');
    await page.keyboard.press('c');
    const shown = await eventually(
      () => shownBy(page),
      ({ words }) => words !== '',
    );
    expect(shown.words).toBe('Bore da');
    await page.locator('media-captions-menu-button').click();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.locator('media-captions-menu [role=menuitemradio]').filter({ hasText: 'Deutsch' }).click();
    await eventually(
      () => shownBy(page),
      ({ words }) => words === 'Guten Abend',
    );
    await page.reload();
    await goToWords(page);
    await eventually(
      () => shownBy(page),
      ({ words }) => words === 'Guten Abend',
    );
  });

  it('when captions are removed in the studio, then after a question, and the player has them no more', async () => {
    await page.goto('/studio');
    await page.getByRole('button', { name: 'Captions of Spoken words' }).click();
    await dialog().getByRole('button', { name: 'Remove Deutsch, besser' }).click();
    const question = page.getByRole('dialog', { name: 'Remove these captions?' });
    await question.getByRole('button', { name: 'Cancel' }).click();
    expect(await listed().count()).toBe(2);
    await dialog().getByRole('button', { name: 'Remove Deutsch, besser' }).click();
    await question.getByRole('button', { name: 'Remove captions' }).click();
    await said('Captions in German removed');
    await eventually(
      () => page.evaluate<string>('document.activeElement?.getAttribute("aria-label")'),
      (label) => label === 'Captions of this video',
    );
    expect(await listed().count()).toBe(1);
    await page.keyboard.press('Escape');
    await page.goto(`/watch/${video.id}`);
    await goToWords(page);
    expect((await shownBy(page)).tracks.map(({ language }) => language)).toEqual(['cy']);
    // With one language the button is a switch.
    await page.locator('media-captions-button').click();
    await eventually(
      () => shownBy(page),
      ({ words }) => words === 'Bore da',
    );
    expect(complaints).toEqual([]);
  });

  it.each(widths.flatMap((width) => (['light', 'dark'] as const).map((colorScheme) => ({ width, colorScheme }))))(
    'when the dialog is open at $width px and $colorScheme, then it fits, and axe finds no fault',
    async ({ width, colorScheme }) => {
      const { page: other, context } = await visitor(browser, { width, colorScheme });
      await context.addCookies(cookies);
      await other.goto(`/watch/${video.id}`);
      await other.getByRole('button', { name: 'Captions', exact: true }).click();
      const open = other.getByRole('dialog', { name: 'Captions' });
      await open.getByRole('button', { name: 'Remove' }).waitFor();
      await open.getByLabel('Language').selectOption('other');
      await open.getByLabel('Language tag').fill('sr-Latn');
      expect(await accessibilityFaults(other)).toEqual([]);
      expect(await overflow(other)).toBe(0);
      await context.close();
    },
  );
});
