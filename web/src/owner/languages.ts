/** Tags of languages that videos are often captioned in. */
const usual =
  'ar bg bn ca cs da de el en en-GB en-US es es-419 et fa fi fil fr gu he hi hr hu id is it ja kn ko lt lv ml mr ms nb nl pa pl pt pt-BR ro ru sk sl sr sv sw ta te th tr uk ur vi zh-Hans zh-Hant'.split(
    ' ',
  );

/** RFC 5646 §4.4.1: an application may refuse a tag that is longer. */
const longest = 35;

const names = new Intl.DisplayNames(['en'], { type: 'language', languageDisplay: 'standard' });

/** What a language is called in English, with what its private subtags add: "German", "English (sdh)". */
export function languageName(tag: string): string {
  const [public_ = '', private_] = tag.split(/-x-/i);
  try {
    const name = names.of(public_) ?? public_;
    return private_ ? `${name} (${private_})` : name;
  } catch {
    return tag;
  }
}

/** The languages to choose from, by their names. */
export const usualLanguages = usual
  .map((tag) => ({ tag, name: languageName(tag) }))
  .sort((a, b) => a.name.localeCompare(b.name, 'en'));

/** A language tag (BCP 47) as it is written; null when it is none, or a language that nobody knows. */
export function canonicalTag(text: string): string | null {
  const tag = text.trim();
  if (tag === '' || tag.length > longest) return null;
  try {
    return Intl.getCanonicalLocales(tag)[0] ?? null;
  } catch {
    return null;
  }
}

/** The language that the name of a captions file tells, as players write it: "film.de.srt", "film.pt-BR.vtt". */
export function languageOfFile(name: string): string | null {
  const [, told = ''] = /[._ ]([a-z]{2,3}(?:[-_][a-z\d]{2,8})*)\.[a-z]+$/i.exec(name) ?? [];
  const tag = canonicalTag(told.replaceAll('_', '-'));
  return tag !== null && usual.includes(tag) ? tag : null;
}
