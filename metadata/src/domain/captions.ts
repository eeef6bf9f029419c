import { DomainError } from '@flixtube/chassis/errors';
import type { CaptionTrack } from '@flixtube/contracts/caption-track';
import type { Video } from './video.ts';

/** More languages than any player's menu shows at once. */
const mostTracks = 50;

/** What of a video's text tracks decides which are shown. */
type Texts = Pick<Video, 'captions' | 'fileCaptions' | 'removedCaptions'>;

/** By language: the owner's tracks, and those of the file in other languages that the owner has not removed. */
export function shownCaptions({ captions, fileCaptions, removedCaptions }: Texts): CaptionTrack[] {
  const hidden = new Set([...removedCaptions, ...captions.map(({ language }) => language)]);
  return [...captions, ...fileCaptions.filter(({ language }) => !hidden.has(language))].sort(byLanguage);
}

/**
 * A video with a text track of its owner, which takes the place of the one that it had in this language.
 *
 * @throws DomainError 'conflict' when it has too many
 */
export function captioned(video: Video, track: CaptionTrack): Video {
  const isOther = ({ language }: CaptionTrack) => language !== track.language;
  if (shownCaptions(video).filter(isOther).length >= mostTracks) {
    throw new DomainError(
      'conflict',
      `A video has at most ${mostTracks} text tracks. Remove one before you add another.`,
    );
  }
  const captions = [...video.captions.filter(isOther), track].sort(byLanguage);
  const removedCaptions = video.removedCaptions.filter((language) => language !== track.language);
  return { ...video, captions, removedCaptions, captionsVersion: video.captionsVersion + 1 };
}

/** A video without any text track in a language. @throws DomainError 'not-found' when it shows none */
export function uncaptioned(video: Video, language: string): Video {
  if (!shownCaptions(video).some((track) => track.language === language)) {
    throw new DomainError('not-found', 'This video has no captions in this language.');
  }
  const captions = video.captions.filter((track) => track.language !== language);
  const isOfFile = video.fileCaptions.some((track) => track.language === language);
  const removedCaptions = isOfFile ? [...video.removedCaptions, language] : video.removedCaptions;
  return { ...video, captions, removedCaptions, captionsVersion: video.captionsVersion + 1 };
}

/** Where the text track lies that is shown in a language; null when there is none. */
export function captionKey(video: Texts, language: string): string | null {
  return keyIn(shownCaptions(video), language);
}

/** Where the owner's lies, which is nobody else's to remove. */
export function ownCaptionKey({ captions }: Texts, language: string): string | null {
  return keyIn(captions, language);
}

function keyIn(tracks: readonly CaptionTrack[], language: string): string | null {
  return tracks.find((track) => track.language === language)?.key ?? null;
}

function byLanguage(a: CaptionTrack, b: CaptionTrack): number {
  return a.language < b.language ? -1 : 1;
}
