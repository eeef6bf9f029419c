import type { ViewCandidate, Watching } from './watching.ts';

/** Which of a viewer's watchings: all, or those worth going on with. */
export type Selection = 'all' | 'unfinished';

/** Where in a list a page ended. */
export interface Position {
  /** Milliseconds since 1970. */
  watchedAt: number;
  videoId: string;
}

export interface ListQuery {
  viewerId: string;
  selection: Selection;
  after: Position | undefined;
  limit: number;
}

/**
 * What was watched. A removal leaves a mark with its time, so that reports from before it bring nothing back.
 * Every method rejects with DomainError 'unavailable' when the memory cannot be reached.
 */
export interface WatchingRepository {
  /** Keeps each watching unless a newer one or a later removal is known; repeats change nothing. */
  keep(watchings: readonly Watching[]): Promise<void>;

  /**
   * Counts each candidate whose hour and session have not counted yet, and announces video.viewed with it, both or
   * neither; repeats change nothing.
   */
  countViews(candidates: readonly ViewCandidate[]): Promise<void>;

  /** A page of a viewer's watchings, the last watched first. */
  list(query: ListQuery): Promise<Watching[]>;

  /** Tells anew which watchings of a video are unfinished, and how far they can have come, now that its length is known. */
  setDuration(videoId: string, seconds: number): Promise<void>;

  /** Removes one of a viewer's watchings, or all of them when no video is named. */
  remove(viewerId: string, videoId: string | undefined, at: Date): Promise<void>;

  /** Removes everybody's watchings of these videos. */
  removeVideos(videoIds: readonly string[]): Promise<void>;

  /** Forgets the marks of removals before `before`, and answers how many there were. */
  forgetRemovals(before: Date): Promise<number>;
}

/** What history knows of videos: how long they are, and which are gone. */
export interface KnownVideos {
  durations(videoIds: readonly string[]): Promise<Map<string, number>>;
  /** Those of `videoIds` that were deleted. */
  deleted(videoIds: readonly string[]): Promise<Set<string>>;
  setDuration(videoId: string, seconds: number): Promise<void>;
  setDeleted(videoId: string, at: Date): Promise<void>;
  /** Forgets the marks of videos that were deleted before `before`, and answers how many there were. */
  forgetDeleted(before: Date): Promise<number>;
}
