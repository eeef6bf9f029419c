import type { PlayableVideo } from '../domain/playable-video.ts';

/**
 * For what has a name of its own for each version (RFC 8246). A private video's stays in its owner's browser: no cache
 * that others share may hand it out. A video that becomes private later is in shared caches still, for those who had it.
 */
export function immutable({ visibility }: Pick<PlayableVideo, 'visibility'>): string {
  return `${visibility === 'private' ? 'private' : 'public'}, max-age=31536000, immutable`;
}
