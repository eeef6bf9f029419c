import type { Progress } from '@flixtube/contracts/http/progress';

/** How well a playback session goes, as far as its viewer feels it. */
export type QualityFigures = Pick<Progress, 'startupSeconds' | 'stalls' | 'stalledSeconds' | 'errors'>;

/** Counts what a viewer has to wait for, from what the player does. */
export interface PlaybackQuality {
  /** It is asked to play. */
  wanted(): void;
  /** Pictures move. */
  playing(): void;
  /** It has nothing more to play, and waits. */
  waiting(): void;
  /** It was paused, jumps, or is loaded anew: what it waits for now is not a stall. */
  excused(): void;
  /** It arrived where it jumped to. */
  arrived(): void;
  /** What it plays broke. */
  failed(): void;
  figures(): QualityFigures;
}

/** As many as are told; a player that counts more has told enough. */
const most = 10_000;

const rounded = (milliseconds: number) => Math.round(milliseconds) / 1000;

/** `now`: a clock, in milliseconds. */
export function createPlaybackQuality(now: () => number): PlaybackQuality {
  let wantedAt: number | null = null;
  let startup: number | null = null;
  let stalls = 0;
  let stalled = 0;
  let stalledSince: number | null = null;
  let jumping = false;
  let errors = 0;

  function endStall(): void {
    if (stalledSince !== null) stalled += now() - stalledSince;
    stalledSince = null;
  }

  return {
    wanted() {
      wantedAt ??= now();
    },
    playing() {
      if (wantedAt !== null) startup ??= now() - wantedAt;
      jumping = false;
      endStall();
    },
    waiting() {
      // Until it has begun it starts up; while it jumps, one expects to wait.
      if (startup === null || jumping || stalledSince !== null) return;
      stalledSince = now();
      stalls = Math.min(most, stalls + 1);
    },
    excused() {
      jumping = true;
      endStall();
    },
    arrived() {
      jumping = false;
    },
    failed() {
      errors = Math.min(most, errors + 1);
    },
    figures() {
      const going = stalledSince === null ? 0 : now() - stalledSince;
      return {
        ...(startup !== null && { startupSeconds: rounded(startup) }),
        stalls,
        stalledSeconds: rounded(stalled + going),
        errors,
      };
    },
  };
}
