import { describe, expect, it } from '@jest/globals';
import { canonicalTag, languageName, languageOfFile, usualLanguages } from './languages.ts';

describe('usualLanguages', () => {
  it('when they are listed, then each once, by its name in English, in the order of the names', () => {
    const names = usualLanguages.map(({ name }) => name);
    expect(names).toContain('German');
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual([...names].sort((a, b) => a.localeCompare(b, 'en')));
    for (const { tag } of usualLanguages) expect(canonicalTag(tag)).toBe(tag);
  });
});

describe('languageName', () => {
  it.each([
    ['de', 'German'],
    ['pt-BR', 'Portuguese (Brazil)'],
    ['en-x-sdh', 'English (sdh)'],
    ['not a tag', 'not a tag'],
  ])('when the tag is %s, then it is called %s', (tag, name) => expect(languageName(tag)).toBe(name));
});

describe('canonicalTag', () => {
  it.each([
    [' EN-gb ', 'en-GB'],
    ['zh-hant-tw', 'zh-Hant-TW'],
    ['gsw', 'gsw'],
    ['en-x-kids', 'en-x-kids'],
    ['', null],
    ['English please', null],
    ['e', null],
    ['en_GB', null],
    [`en-${'abcdefgh-'.repeat(5)}x`, null],
  ])('when %j is written, then the tag is %j', (text, tag) => expect(canonicalTag(text)).toBe(tag));
});

describe('languageOfFile', () => {
  it.each([
    ['A film.de.srt', 'de'],
    ['a_film.pt_br.vtt', 'pt-BR'],
    ['film.srt', null],
    ['captions.final.srt', null],
    ['film.xyz.vtt', null],
  ])('when a file is named %s, then its language is %j', (name, tag) => expect(languageOfFile(name)).toBe(tag));
});
