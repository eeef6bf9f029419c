import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fold, queryTermsOf, termsOf } from './folding.ts';

/** Whether a video with this title is found by this query. */
function finds(query: string, title: string, description = ''): boolean {
  const terms = new Set(termsOf(title, description));
  const wanted = queryTermsOf(query);
  return wanted === undefined || (wanted.length > 0 && wanted.every((term) => terms.has(term)));
}

describe('folding', () => {
  it.each([
    ['Crème Brûlée', 'creme brulee'],
    ['STRASSE', 'strasse'],
    ['Straße', 'strasse'],
    ['İstanbul', 'istanbul'],
    ['ISPARTA ılık', 'isparta ilik'],
    ['Łódź', 'lodz'],
    ['Ærøskøbing', 'aeroskobing'],
    ['Tiếng Việt', 'tieng viet'],
    ['ΟΔΟΣ Οδός', 'οδοσ οδοσ'],
    ['Ёлка й', 'елка и'],
    ['ﬁlm ℌ Ｆｕｌｌ ①', 'film h full 1'],
    ['e\u0301', 'e'],
    ['soft\u00ADhyphen', 'softhyphen'],
    ['مُحَمَّد', 'محمد'],
  ])('makes of %s the plain %s', (text, folded) => {
    expect(fold(text)).toBe(folded.normalize('NFKD'));
  });

  it('keeps apart what is no accent: vowel signs of Devanagari, voicing of kana', () => {
    expect(fold('कि')).not.toBe(fold('का'));
    expect(fold('が')).not.toBe(fold('か'));
  });

  it('is the same when done twice', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(fold(fold(text))).toBe(fold(text));
      }),
    );
  });
});

describe('a query', () => {
  it.each([
    ['a beginning of a word', 'wat', 'Waterfall'],
    ['a whole word', 'waterfall', 'Waterfall'],
    ['one letter', 'w', 'Waterfall'],
    ['words in another order', 'rain walk', 'A walk in the rain'],
    ['accents that the title lacks', 'CRÈME', 'creme brulee'],
    ['no accents where the title has them', 'creme', 'Crème brûlée'],
    ['a word after an apostrophe', 'avion', "L'avion"],
    ['a number', '2026', 'Summer 2026'],
    [
      'a word longer than those in the index',
      'donaudampfschifffahrtsgesellschaft',
      'Donaudampfschifffahrtsgesellschaft',
    ],
    ['the beginning of such a word', 'donaudampfschifffahrts', 'Donaudampfschifffahrtsgesellschaft'],
    ['the middle of a text without spaces', '京都', '東京都庁'],
    ['one character of it', '庁', '東京都庁'],
    ['a longer part of it', '京都庁', '東京都庁'],
    ['Thai', 'เที่ยว', 'ไปเที่ยวทะเล'],
    ['Hangul, as it is typed', '하', '한국'],
    ['scripts side by side', 'tokyo東', 'Tokyo東京'],
    ['a picture', '🎬', 'My film 🎬'],
    ['nothing but spaces, which asks for nothing', '   ', 'anything'],
  ])('finds by %s', (_, query, title) => {
    expect(finds(query, title)).toBe(true);
  });

  it.each([
    ['the end of a word', 'fall', 'Waterfall'],
    ['a word that is not there, beside one that is', 'water fire', 'Waterfall'],
    ['the same characters apart', '東都', '東京 京都'],
    ['signs without a word', '!?', 'What!?'],
    ['a longer word', 'waterfalls', 'Waterfall'],
  ])('does not find by %s', (_, query, title) => {
    expect(finds(query, title)).toBe(false);
  });

  it('finds by words of the description as well', () => {
    expect(finds('take rain', 'Rain', 'Filmed in one take.')).toBe(true);
  });

  it('finds a title by the beginnings of all of its words, in any case and order', () => {
    const word = fc.stringMatching(/^[a-zA-ZäÖüéÑß0-9]{1,25}$/);
    const separator = fc.constantFrom(' ', '-', ', ', ' & ', "'", '…');
    fc.assert(
      fc.property(fc.array(fc.tuple(word, separator), { minLength: 1, maxLength: 8 }), fc.nat(24), (words, length) => {
        const beginnings = words.map(([text]) => text.slice(0, length + 1).toUpperCase()).reverse();
        expect(finds(beginnings.join(' '), words.flat().join(''))).toBe(true);
      }),
    );
  });

  it('finds a title by itself, whatever script it is in, unless it has no word', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (title) => {
        expect(queryTermsOf(title)?.length === 0 || finds(title, title)).toBe(true);
      }),
    );
  });

  it('asks for the longest word first, and for each once', () => {
    expect(queryTermsOf('a Bee SEE bee hive')).toEqual(['hive', 'bee', 'see', 'a']);
  });
});

describe('terms', () => {
  it('are bounded in number and length, and keep the title before the description', () => {
    const long = Array.from({ length: 1_000 }, (_, n) => `w${n.toString(36)}xyz`).join(' ');
    const terms = termsOf('Needle', long);
    expect(terms.length).toBeLessThanOrEqual(2_000);
    expect(finds('needle', 'Needle', long)).toBe(true);
    expect(finds('nee', 'Needle', long)).toBe(true);
    expect(finds('wrrxyz', 'Needle', long)).toBe(true);
    expect(Math.max(...termsOf('x'.repeat(200)).map((term) => term.length))).toBe(20);
  });
});
