import { DomainError } from '@flixtube/chassis/errors';
import type { Video } from './video.ts';

/** More languages than any player's menu shows at once. */
const mostTracks = 50;

type Track = Video['captions'][number];

/**
 * A video with a text track, which takes the place of the one that it had in this language.
 *
 * @throws DomainError 'conflict' when it has too many
 */
export function captioned(video: Video, track: Track): Video {
  const others = video.captions.filter(({ language }) => language !== track.language);
  if (others.length >= mostTracks) {
    throw new DomainError(
      'conflict',
      `A video has at most ${mostTracks} text tracks. Remove one before you add another.`,
    );
  }
  const captions = [...others, track].sort((a, b) => (a.language < b.language ? -1 : 1));
  return { ...video, captions, captionsVersion: video.captionsVersion + 1 };
}

/** A video without the text track in a language. @throws DomainError 'not-found' when it has none */
export function uncaptioned(video: Video, language: string): Video {
  const captions = video.captions.filter((track) => track.language !== language);
  if (captions.length === video.captions.length) {
    throw new DomainError('not-found', 'This video has no captions in this language.');
  }
  return { ...video, captions, captionsVersion: video.captionsVersion + 1 };
}

/** Where the text track in a language lies; null when there is none. */
export function captionKey({ captions }: Video, language: string): string | null {
  return captions.find((track) => track.language === language)?.key ?? null;
}
