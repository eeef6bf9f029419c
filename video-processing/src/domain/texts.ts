import { plainCueText } from '@flixtube/webvtt/cue-text';
import { ownName } from '@flixtube/webvtt/language-name';
import { webVttOf } from '@flixtube/webvtt/writer';
import type { Chapter, SoundTrack, TextTrack } from './media.ts';

/** What a player needs to offer a text track. No two of a video have the same language. */
interface NamedText {
  /** BCP 47, canonical; a second track of a language has a private subtag, such as `en-x-2`. */
  language: string;
  label: string;
  file: string;
}

/**
 * Those of the tracks that have a text. The plain tag of a language goes to its first track that is for everyone; a track
 * for what is spoken in another language is always `-x-forced`, so that nobody takes it for all that is said.
 */
export function named(texts: readonly { track: number; file: string }[], tracks: readonly TextTrack[]): NamedText[] {
  const all = texts.flatMap(({ track: index, file }) => {
    const track = tracks[index];
    return track === undefined ? [] : [{ track, file, base: canonical(track.language) }];
  });
  const taken = new Set<string>();
  const languages = new Map<(typeof all)[number], string>();
  const byPurpose = all.toSorted((a, b) => rank(a.track) - rank(b.track));
  for (const one of byPurpose) {
    const language = candidates(one.base, one.track).find((tag) => !taken.has(tag)) as string;
    taken.add(language);
    languages.set(one, language);
  }
  return all.map((one) => {
    const language = languages.get(one) as string;
    return { language, label: labelOf(one.track, language), file: one.file };
  });
}

/** Chapters as WebVTT, in order; null when there are none. One without an end goes to the next one's beginning. */
export function chaptersVtt(chapters: readonly Chapter[], durationSeconds: number): string | null {
  const all = chapters.toSorted((a, b) => a.startSeconds - b.startSeconds);
  const cues = all.flatMap(({ startSeconds, endSeconds, title }, index) => {
    const start = milliseconds(startSeconds);
    const until = endSeconds > startSeconds ? endSeconds : (all[index + 1]?.startSeconds ?? durationSeconds);
    const end = milliseconds(until);
    const text = plainCueText(withoutControls(title ?? '')) || `Chapter ${index + 1}`;
    return end > start ? [{ start, end, settings: '', text }] : [];
  });
  return cues.length === 0 ? null : webVttOf(cues);
}

/** What a player needs to offer a sound track: its title, else what its language calls itself, else its number. */
export function namedSound({ language: tag, title }: Pick<SoundTrack, 'language' | 'title'>, index: number) {
  const known = canonical(tag);
  const language = known === 'und' ? null : known;
  const label = labelIn(title) || (language === null ? `Sound ${index + 1}` : ownName(language));
  return { language, label };
}

const longestLabel = 100;
const longestLanguage = 20;

/** `ger` is `de`. Only what stands for a language: a tag with a private use or an extension is none of ours. */
function canonical(language: string | null): string {
  if (language === null || language.length > longestLanguage) return 'und';
  if (!/^[a-z]{2,3}(-[a-z0-9]{2,8})*$/i.test(language)) return 'und';
  try {
    return Intl.getCanonicalLocales(language)[0] ?? 'und';
  } catch {
    return 'und';
  }
}

function rank({ forced, sdh }: TextTrack): number {
  return forced ? 2 : sdh ? 1 : 0;
}

/** In the order in which they are tried; more than there are tracks. */
function candidates(base: string, { forced, sdh }: TextTrack): string[] {
  const purpose = forced ? `${base}-x-forced` : sdh ? `${base}-x-sdh` : `${base}-x`;
  const numbered = Array.from({ length: 100 }, (_, index) => `${purpose}-${index + 2}`);
  if (forced) return [purpose, ...numbered];
  return sdh ? [base, purpose, ...numbered] : [base, ...numbered];
}

const labelIn = (title: string | null): string =>
  withoutControls(title ?? '')
    .slice(0, longestLabel)
    .toWellFormed()
    .trim();

/** Its title, else what its language calls itself, and what it is for. */
function labelOf({ title, forced, sdh }: TextTrack, language: string): string {
  const given = labelIn(title);
  if (given !== '') return given;
  const number = /-(\d+)$/.exec(language)?.[1];
  const words = [ownName(language), forced ? '(forced)' : sdh ? '(SDH)' : '', number ?? ''];
  return words
    .filter((word) => word !== '')
    .join(' ')
    .slice(0, longestLabel);
}

function withoutControls(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
}

function milliseconds(seconds: number): number {
  return Math.max(0, Math.round(seconds * 1_000));
}
