import type { FlixEvent } from '@flixtube/chassis/messaging';
import { termsOf } from '../domain/folding.ts';
import { scoreOfNew } from '../domain/trending.ts';
import { isListed, type Video } from '../domain/video.ts';

/** A video as it lies in the collection `videos`. */
export interface VideoDocument extends Omit<Video, 'id'> {
  _id: string;
  /** In lists and searches. */
  listed: boolean;
  /** By which a listed video is found; empty for others, which keeps them out of the index. */
  terms: string[];
  /**
   * The number of views, and a fraction that is greater the newer the video is: what has as many views is still in order.
   * Its resolution is seconds up to millions of views.
   */
  popularity: number;
  /** Forward-decay score, see domain/trending.ts. */
  trending: number;
  /** Marks of the views that were counted last, oldest first, see mongo-view-counts.ts. */
  countedViews: string[];
  /** Events that wait to be published. */
  outbox: FlixEvent[];
}

/** What is left of a removed video: its id, which it keeps taken. */
export interface Tombstone {
  _id: string;
  deletedAt: Date;
  outbox: FlixEvent[];
}

/** Everything of a document that makes a Video, and nothing of what makes it large. */
export const videoFields = {
  ownerId: 1,
  title: 1,
  description: 1,
  visibility: 1,
  status: 1,
  failure: 1,
  progress: 1,
  createdAt: 1,
  durationSeconds: 1,
  width: 1,
  height: 1,
  processingId: 1,
  processingVersion: 1,
  manifest: 1,
  poster: 1,
  storyboard: 1,
  captions: 1,
  fileCaptions: 1,
  removedCaptions: 1,
  captionsVersion: 1,
  chapters: 1,
  source: 1,
  viewCount: 1,
  version: 1,
} as const satisfies Record<keyof Omit<Video, 'id'>, 1>;

export type StoredVideo = Pick<VideoDocument, '_id' | keyof typeof videoFields>;

export function toVideo({ _id, ...fields }: StoredVideo): Video {
  return { id: _id, ...fields };
}

/** What processing changes. */
export function processed(video: Video) {
  const { status, failure, progress, durationSeconds, width, height, processingId, processingVersion } = video;
  const { manifest, poster, storyboard, fileCaptions, chapters } = video;
  const told = { status, failure, progress, durationSeconds, width, height, processingId, processingVersion };
  return { ...told, manifest, poster, storyboard, fileCaptions, chapters } satisfies Partial<VideoDocument>;
}

/** What follows from what the owner can change. */
export function editable(
  video: Video,
): Pick<VideoDocument, 'title' | 'description' | 'visibility' | 'version'> & Pick<VideoDocument, 'listed' | 'terms'> {
  const { title, description, visibility, version } = video;
  const listed = isListed(video);
  return { title, description, visibility, version, listed, terms: listed ? termsOf(title, description) : [] };
}

export function newDocument({ id, ...video }: Video): VideoDocument {
  return {
    _id: id,
    ...video,
    ...editable({ id, ...video }),
    popularity: newness(video.createdAt),
    trending: scoreOfNew(video.createdAt),
    countedViews: [],
    outbox: [],
  };
}

/** From 0 to 1, where the latter is in the year 2109. */
export function newness(createdAt: Date): number {
  return createdAt.getTime() / 2 ** 42;
}
