import { DomainError } from '@flixtube/chassis/errors';
import type { HlsManifest } from '@flixtube/contracts/hls-manifest';
import type { PlayableVideo } from './playable-video.ts';
import type { PlayableVideos } from './playable-videos.ts';
import type { StoredFiles } from './stored-files.ts';

/** What it takes to play what processing made. */
export interface Playback {
  videos: Pick<PlayableVideos, 'find'>;
  files: StoredFiles;
}

/**
 * The newest manifest of a video, for a viewer who may play it.
 * @throws DomainError 'not-found' when there is no such video for this viewer, or nothing of it can be played by HLS yet
 */
export async function manifestOf(
  { videos, files }: Playback,
  videoId: string,
  viewerId: string,
): Promise<{ video: PlayableVideo; manifest: HlsManifest }> {
  const video = await videos.find(videoId, viewerId);
  if (video.manifest === null) {
    throw new DomainError('not-found', 'This video cannot be streamed adaptively yet. It can be played as a file.');
  }
  return { video, manifest: await files.manifest(video.manifest) };
}
