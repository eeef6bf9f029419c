import type { CaptionTrack } from '@flixtube/contracts/caption-track';
import type { Visibility } from '@flixtube/contracts/http/video-fields';

/** A video in the catalogue. What isn't known yet is null. */
export interface Video {
  readonly id: string;
  /** Whose it is: the viewer who uploaded it. */
  readonly ownerId: string;
  readonly title: string;
  readonly description: string;
  readonly visibility: Visibility;
  readonly status: 'processing' | 'ready' | 'failed';
  readonly failure: { kind: string; detail: string; retriable: boolean } | null;
  /** How much of the processing is done, 0 to 1. */
  readonly progress: number;
  /** When its upload was complete. */
  readonly createdAt: Date;
  readonly durationSeconds: number | null;
  readonly width: number | null;
  readonly height: number | null;
  /** The processing whose word counts: the newest that was heard of, or asked for; null before. */
  readonly processingId: string | null;
  /** Counts what was learnt of its processing. */
  readonly processingVersion: number;
  /** What HLS playlists are made from, and which processing it is of, once something can be played. */
  readonly manifest: { key: string; processingId: string } | null;
  readonly poster: { key: string; contentType: string } | null;
  readonly storyboard: { vtt: string; sprites: string[] } | null;
  /** Text tracks of its owner, by language, and where video-storage keeps them. What is shown: `shownCaptions`. */
  readonly captions: readonly CaptionTrack[];
  /** Those that the file had, and where processing has put them. */
  readonly fileCaptions: readonly CaptionTrack[];
  /** Languages in which the owner does not want those of the file. */
  readonly removedCaptions: readonly string[];
  /** Counts what the owner has changed of the text tracks. */
  readonly captionsVersion: number;
  /** The file's chapters as WebVTT, in video-storage. */
  readonly chapters: string | null;
  /** The bytes as uploaded, in video-storage. */
  readonly source: { key: string; contentType: string; sizeBytes: number; sha256: string };
  readonly viewCount: number;
  /** Counts the changes of what its owner can change; views and processing leave it as it is. */
  readonly version: number;
}

/** What is known of a video when its upload is complete. */
export interface Announcement {
  videoId: string;
  ownerId: string;
  title: string;
  description: string;
  visibility: Visibility;
  source: Video['source'];
  createdAt: Date;
}

/** What its owner may change. */
export interface VideoEdit {
  title?: string | undefined;
  description?: string | undefined;
  visibility?: Visibility | undefined;
}

export function announced({ videoId, createdAt, ...given }: Announcement): Video {
  return {
    ...given,
    id: videoId,
    createdAt,
    status: 'processing',
    failure: null,
    progress: 0,
    durationSeconds: null,
    width: null,
    height: null,
    processingId: null,
    processingVersion: 0,
    manifest: null,
    poster: null,
    storyboard: null,
    captions: [],
    fileCaptions: [],
    removedCaptions: [],
    captionsVersion: 0,
    chapters: null,
    viewCount: 0,
    version: 1,
  };
}

export function edited(video: Video, edit: VideoEdit): Video {
  return {
    ...video,
    title: edit.title ?? video.title,
    description: edit.description ?? video.description,
    visibility: edit.visibility ?? video.visibility,
    version: video.version + 1,
  };
}

/** Only public videos are in lists and searches. */
export function isListed(video: Video): boolean {
  return video.visibility === 'public';
}

export function isOwner(video: Video, viewerId: string): boolean {
  return video.ownerId === viewerId;
}

/** Whoever has an unlisted video's address may see it; a private one does not even exist but for its owner. */
export function maySee(video: Video, viewerId: string): boolean {
  return video.visibility !== 'private' || isOwner(video, viewerId);
}
