import type { PlayableVideo } from '../domain/playable-video.ts';

/*
 * What caches may do with what belongs to a video. A private one's stays in its owner's browser: no cache that others
 * share may hand it out.
 */

type Visible = Pick<PlayableVideo, 'visibility'>;

/**
 * For what has a name of its own for each version (RFC 8246). Of a video that becomes private later it is in shared caches
 * still, for those who had it.
 */
export function immutable({ visibility }: Visible): string {
  return `${visibility === 'private' ? 'private' : 'public'}, max-age=31536000, immutable`;
}

/** For what can change, or may be another's to see at any time: a cache asks before each use, and gets a 304. */
export function revalidated({ visibility }: Visible): string {
  return `${visibility === 'private' ? 'private' : 'public'}, no-cache`;
}

/** For what is replaced now and then: soon enough to be seen, long enough for a list of videos. */
export function briefly(video: Visible): string {
  return video.visibility === 'private' ? revalidated(video) : 'public, max-age=60';
}
