import { DomainError } from '@flixtube/chassis/errors';
import type { HlsManifest } from '@flixtube/contracts/hls-manifest';
import type { Delivery } from './delivery.ts';
import type { PlayableVideo } from './playable-video.ts';
import type { PlayableVideos } from './playable-videos.ts';
import { FileGone, type StoredFiles } from './stored-files.ts';

/** What it takes to play what processing made. */
export interface Playback {
  videos: Pick<PlayableVideos, 'find' | 'forget'>;
  files: StoredFiles;
  /** Present when viewers read objects at their own addresses. */
  delivery?: Delivery | undefined;
}

/** A file that a video names, and who asks for it. */
export interface Wanted<T> {
  videoId: string;
  viewerId: string;
  /** Its key in video-storage; undefined when the video names none. */
  keyOf(video: PlayableVideo): string | undefined;
  read(key: string): Promise<T>;
}

/**
 * What a video names, for a viewer who may play it; undefined when it names none. Where that is gone, its video may have been
 * processed again without our having heard of it yet, so the catalogue is asked anew.
 * @throws DomainError 'not-found' when there is no such video for this viewer; 'unavailable' when the catalogue still names
 * what is gone; whatever `read` throws
 */
export async function fileOf<T>(
  videos: Playback['videos'],
  { videoId, viewerId, keyOf, read }: Wanted<T>,
): Promise<{ video: PlayableVideo; file: T | undefined }> {
  const attempt = async () => {
    const video = await videos.find(videoId, viewerId);
    const key = keyOf(video);
    return { video, file: key === undefined ? undefined : await read(key) };
  };
  try {
    return await attempt();
  } catch (error) {
    if (!(error instanceof FileGone)) throw error;
  }
  videos.forget(videoId);
  try {
    return await attempt();
  } catch (error) {
    if (!(error instanceof FileGone)) throw error;
    throw new DomainError('unavailable', 'This is being replaced just now. Please try again in a moment.', {
      cause: error,
      retryAfterSeconds: 2,
    });
  }
}

/**
 * The newest manifest of a video, for a viewer who may play it.
 * @throws DomainError 'not-found' when there is no such video for this viewer, or nothing of it can be played by HLS yet;
 * otherwise as `fileOf` does
 */
export async function manifestOf(
  { videos, files }: Playback,
  videoId: string,
  viewerId: string,
): Promise<{ video: PlayableVideo; manifest: HlsManifest }> {
  const { video, file: manifest } = await fileOf(videos, {
    videoId,
    viewerId,
    keyOf: (found) => found.manifest ?? undefined,
    read: (key) => files.manifest(key),
  });
  if (manifest === undefined) {
    throw new DomainError('not-found', 'This video cannot be streamed adaptively yet. It can be played as a file.');
  }
  return { video, manifest };
}
