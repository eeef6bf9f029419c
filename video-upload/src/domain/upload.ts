import type { VideoSource } from '@flixtube/contracts/events/video-uploaded';
import type { Visibility } from '@flixtube/contracts/http/video-fields';

/** A video on its way in. */
export interface Upload {
  /** UUIDv7; the video has it from its first byte on. */
  readonly videoId: string;
  /** The viewer who sends it. */
  readonly ownerId: string;
  readonly title: string;
  readonly description: string;
  readonly visibility: Visibility;
  readonly startedAt: Date;
}

/** A video that is stored whole: from the commit point on nobody may lose it. */
export interface StoredUpload extends Upload {
  readonly source: VideoSource;
  readonly storedAt: Date;
}

/** Everything that a video has in the object store lies under this prefix. */
export function objectPrefix(videoId: string): string {
  return `videos/${videoId}/`;
}

export function sourceKey(videoId: string): string {
  return `${objectPrefix(videoId)}source`;
}
