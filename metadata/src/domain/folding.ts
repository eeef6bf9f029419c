/**
 * How words are found: titles, descriptions and queries are folded to the same plain words, and a video is stored with
 * the beginnings of its words, so that a query's word is looked up whole in an index.
 */

/** Longer words are cut, in the index and in queries alike. In code points. */
const longestWord = 20;
/** Most terms that a video is found by: of a very long description the end of it is found by whole words only, or not. */
const mostTerms = 2_000;

// What Unicode has no decomposition for, but people type in plain letters.
const spelledOut: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ð: 'd',
  đ: 'd',
  þ: 'th',
  ł: 'l',
  ħ: 'h',
  ı: 'i',
  ŋ: 'n',
  ς: 'σ',
};
const toSpellOut = new RegExp(`[${Object.keys(spelledOut).join('')}]`, 'gu');

// Accents, and the points and harakat that Hebrew and Arabic are mostly written without. Not the vowel signs of Indic
// scripts, which make different words, nor the voicing marks of kana (U+3099, U+309A), which make other letters.
const accents = /[[\p{Mn}&&[\p{Script=Inherited}\p{Script=Hebrew}\p{Script=Arabic}]]--[\u3099\u309A]]/gv;
const invisible = /\p{Cf}/gu;

/** The same text for everyone who types it: compatibility forms, case and accents are gone. */
export function fold(text: string): string {
  return text
    .toLowerCase()
    .normalize('NFKD')
    .replace(accents, '')
    .replace(invisible, '')
    .toLowerCase() // a compatibility form may decompose to capitals: ℌ
    .replace(toSpellOut, (letter) => spelledOut[letter] ?? letter);
}

// Scripts that are written without spaces between words. Cutting them into words takes a dictionary (Intl.Segmenter), which
// cuts the same text differently alone and in a sentence, and after each update of Node: words in the index would not be
// found any more. Pairs of neighbouring characters find every part of the text, and stay what they are.
const unspaced =
  '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}\\u3099\\u309A\\u30FC';
const piece = new RegExp(
  `(?<unspaced>[${unspaced}]+)|(?<word>[[\\p{L}\\p{N}\\p{M}]--[${unspaced}]]+)|(?<picture>\\p{Emoji_Presentation})`,
  'gv',
);

interface Piece {
  kind: 'unspaced' | 'word' | 'picture';
  /** At most `longestWord` for a word. */
  characters: string[];
}

function* piecesOf(text: string): Generator<Piece> {
  for (const { groups, 0: match } of fold(text).matchAll(piece)) {
    if (groups?.unspaced !== undefined) yield { kind: 'unspaced', characters: [...match] };
    else if (groups?.word !== undefined) yield { kind: 'word', characters: [...match].slice(0, longestWord) };
    else yield { kind: 'picture', characters: [match] };
  }
}

/**
 * The terms by which a text is found, most important text first: every whole word, and the beginnings of words as far as
 * the number of terms allows.
 */
export function termsOf(...texts: string[]): string[] {
  const terms = new Set<string>();
  const add = (term: string) => {
    if (terms.size < mostTerms) terms.add(term);
  };
  const pieces = texts.flatMap((text) => [...piecesOf(text)]);
  for (const { kind, characters } of pieces) {
    if (kind === 'unspaced') for (const term of pairsOf(characters)) add(term);
    else add(characters.join(''));
  }
  for (const { kind, characters } of pieces) {
    if (kind === 'unspaced') for (const character of characters) add(character);
    else for (let length = 1; length < characters.length; length++) add(characters.slice(0, length).join(''));
  }
  return [...terms];
}

/**
 * The terms that a video must all have to be found by `query`, the longest first: it is the rarest, as a rule. Undefined
 * when nothing is asked for; empty when what is asked for has no word in it, so that nothing can be found.
 */
export function queryTermsOf(query: string | undefined): string[] | undefined {
  if (query === undefined || query.trim() === '') return undefined;
  const terms = new Set<string>();
  for (const { kind, characters } of piecesOf(query)) {
    if (kind === 'unspaced' && characters.length > 1) for (const pair of pairsOf(characters)) terms.add(pair);
    else terms.add(characters.join(''));
  }
  return [...terms].sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
}

function pairsOf(characters: readonly string[]): string[] {
  if (characters.length === 1) return [...characters];
  return characters.slice(1).map((character, index) => `${characters[index]}${character}`);
}
