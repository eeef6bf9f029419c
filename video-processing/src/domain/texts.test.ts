import { captionTrack } from '@flixtube/contracts/caption-track';
import { describe, expect, it } from '@jest/globals';
import type { TextTrack } from './media.ts';
import { chaptersVtt, named, namedSound } from './texts.ts';

const track = (language: string | null, more: Partial<TextTrack> = {}): TextTrack => {
  return { stream: 0, codec: 'subrip', language, title: null, forced: false, sdh: false, ...more };
};
const namesOf = (...tracks: TextTrack[]) =>
  named(
    tracks.map((_, index) => ({ track: index, file: `${index}` })),
    tracks,
  ).map(({ language, label }) => [language, label]);

describe('a sound track is named', () => {
  it.each([
    ['eng', null, { language: 'en', label: 'English' }],
    ['ger', 'Kommentar', { language: 'de', label: 'Kommentar' }],
    [null, null, { language: null, label: 'Sound 3' }],
    ['qaa-x_y', ' \u0000 ', { language: null, label: 'Sound 3' }],
  ])('of language %j and title %j: %j', (language, title, expected) => {
    expect(namedSound({ language, title }, 2)).toEqual(expected);
  });
});

describe('the tracks of a file are named', () => {
  it('by their language, in its own words', () => {
    expect(namesOf(track('eng'), track('ger'), track('pt-br'), track(null), track('zh-hant'))).toEqual([
      ['en', 'English'],
      ['de', 'Deutsch'],
      ['pt-BR', 'português (Brasil)'],
      ['und', 'Unknown language'],
      ['zh-Hant', '繁體中文'],
    ]);
  });

  it('apart, where there are several in a language: what is for everyone has the plain tag, wherever it stands', () => {
    const forced = track('eng', { forced: true });
    const sdh = track('eng', { sdh: true });
    expect(namesOf(forced, sdh, track('eng'), track('en'), track('eng'), sdh, forced)).toEqual([
      ['en-x-forced', 'English (forced)'],
      ['en-x-sdh', 'English (SDH)'],
      ['en', 'English'],
      ['en-x-2', 'English 2'],
      ['en-x-3', 'English 3'],
      ['en-x-sdh-2', 'English (SDH) 2'],
      ['en-x-forced-2', 'English (forced) 2'],
    ]);
    expect(namesOf(sdh)).toEqual([['en', 'English (SDH)']]);
    expect(namesOf(forced)).toEqual([['en-x-forced', 'English (forced)']]);
  });

  it('by their title where they have one; those without a text have no name', () => {
    const tracks = [track('eng'), track('eng', { title: ' Director’s\n\u0007notes ' })];
    expect(named([{ track: 1, file: 'f' }], tracks)).toEqual([
      { language: 'en', label: 'Director’s notes', file: 'f' },
    ]);
  });

  it.each([
    ['chapters', 'und'],
    ['../../x', 'und'],
    ['en-x-forced', 'und'],
    ['en-u-ca-buddhist', 'und'],
    ['en-US-POSIX-aaaaaaa-bbbbbbb', 'und'],
    ['e', 'und'],
    ['en-', 'und'],
  ])('whatever a file says is its language: %s is %s', (language, tag) => {
    expect(namesOf(track(language))[0]?.[0]).toBe(tag);
  });

  it('as the catalogue takes them, whatever their titles are', () => {
    for (const title of ['x'.repeat(500), `${'x'.repeat(99)}😀`, '\u0000\u001b\u007f', ' ', '\ud800', '"<b>,\r\n']) {
      const [one] = named([{ track: 0, file: 'f' }], [track('eng', { title })]);
      expect(captionTrack.safeParse({ ...one, key: 'k' })).toMatchObject({
        success: true,
        data: { label: one?.label },
      });
    }
  });
});

describe('chapters', () => {
  it('are in order, each with a title, and end where the next begins when the file does not say', () => {
    const chapter = (startSeconds: number, endSeconds: number, title: string | null = null) => {
      return { startSeconds, endSeconds, title };
    };
    const vtt = chaptersVtt([chapter(20, 20), chapter(-5, 10, 'A --> B'), chapter(10, 10, ' '), chapter(90, 90)], 60);
    expect(vtt).toBe(
      'WEBVTT\n\n00:00:00.000 --> 00:00:10.000\nA --&gt; B\n\n00:00:10.000 --> 00:00:20.000\nChapter 2\n\n' +
        '00:00:20.000 --> 00:01:30.000\nChapter 3\n',
    );
    expect(chaptersVtt([], 60)).toBeNull();
    expect(chaptersVtt([chapter(90, 90)], 60)).toBeNull();
  });
});
