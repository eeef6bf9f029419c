/**
 * Counts the seconds of a video that were really played: what lies between two positions that the player went through
 * while playing, never what was skipped by seeking, and not the time that passed while it was paused or waiting.
 */
export interface WatchedCounter {
  /** Seconds of the video that were played, all in all. */
  readonly seconds: number;
  /** The player is at `position` (seconds), and plays. */
  playing(position: number): void;
  /** The player stopped at `position`, of which the way there was still played. */
  stopped(position: number): void;
  /** The player jumps, or loads anew: what comes next has nothing to do with what was before. */
  jumped(): void;
}

export function createWatchedCounter(): WatchedCounter {
  let seconds = 0;
  let last: number | null = null;

  function advance(position: number) {
    if (last !== null && position > last) seconds += position - last;
  }

  return {
    get seconds() {
      return seconds;
    },
    playing(position) {
      advance(position);
      last = position;
    },
    stopped(position) {
      advance(position);
      last = null;
    },
    jumped() {
      last = null;
    },
  };
}
