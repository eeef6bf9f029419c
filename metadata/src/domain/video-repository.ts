import type { Video } from './video.ts';

export type Sort = 'newest' | 'popular' | 'trending';

/** Where in a list a page ended: at this video, with this value of what the list is sorted by. */
export interface Position {
  /** A number that falls along the list: the time of creation, the popularity, the trending score. */
  key: number;
  id: string;
  /** How far the key fell over the page; a hint for where the next one ends. */
  span: number;
}

export interface ListQuery {
  sort: Sort;
  /** Terms that all have to be there, the rarest first; undefined for the whole catalogue. */
  terms: readonly string[] | undefined;
  after: Position | undefined;
  limit: number;
}

export interface Page {
  videos: Video[];
  /** Where the next page begins; undefined when there is none. */
  next: Position | undefined;
}

/** Where in the list of an owner's videos a page ended. */
export interface OwnPosition {
  /** In milliseconds since 1970. */
  createdAt: number;
  id: string;
}

export interface OwnPage {
  videos: Video[];
  /** Where the next page begins; undefined when there is none. */
  next: OwnPosition | undefined;
}

/** Views of one video that are to be counted, each once whatever happens. */
export interface NewViews {
  videoId: string;
  views: readonly { eventId: string; weight: number }[];
}

/**
 * The catalogue's memory. A video that was removed leaves its id behind for a while, so that nothing that comes late can
 * bring it back. Every method rejects with DomainError 'unavailable' when the memory cannot be reached.
 */
export interface VideoRepository {
  /** Adds a video, unless there is or was one with its id. */
  add(video: Video): Promise<void>;

  find(id: string): Promise<Video | undefined>;

  /** Whether there was a video with this id, whose removal is remembered. */
  wasRemoved(id: string): Promise<boolean>;

  /** Those of `ids` that are there, in any order. */
  findAll(ids: readonly string[]): Promise<Video[]>;

  /**
   * A page of the listed videos. Newest first; or by views, of as many the newest first; or by trending score. What has the
   * same key even so goes by id, the greatest first.
   */
  list(query: ListQuery): Promise<Page>;

  /**
   * A page of all that somebody has uploaded, listed or not, newest first; of those made in the same millisecond the
   * greatest id first.
   */
  listOwn(query: { ownerId: string; after: OwnPosition | undefined; limit: number }): Promise<OwnPage>;

  /**
   * Saves what the owner changed, if the saved version is still the one before, and announces video.changed, both or
   * neither. Answers whether it did.
   */
  saveEdit(video: Video): Promise<boolean>;

  /**
   * Saves what processing changed, if what was known of that is still what it was before this change, and announces
   * video.changed where others need to know; both or neither. Answers whether it did.
   */
  saveProcessing(video: Video, announce: boolean): Promise<boolean>;

  /**
   * The same for a processing that is asked for, whose id becomes that of the event: announces
   * video.processing-requested.
   */
  requestProcessing(video: Video): Promise<boolean>;

  /**
   * Saves the text tracks, if they are still what they were before this change, and announces video.changed, both or
   * neither. Answers whether it did.
   */
  saveCaptions(video: Video): Promise<boolean>;

  /** Removes the video if it is still at this version, and announces video.deleted, both or neither. Answers whether it did. */
  remove(video: Video, at: Date): Promise<boolean>;

  /**
   * Counts views, each at most once by its event's id; views of removed videos are nothing to count. Answers the ids of
   * videos that were never there.
   */
  countViews(views: readonly NewViews[]): Promise<string[]>;

  /** Forgets the ids of videos that were removed before `before`, and answers how many. */
  forgetRemoved(before: Date): Promise<number>;
}
