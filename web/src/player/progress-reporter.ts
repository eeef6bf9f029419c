import type { Progress } from '@flixtube/contracts/http/progress';
import type { QualityFigures } from './playback-quality.ts';
import { createWatchedCounter } from './watched-counter.ts';

/** What the player is doing, as its events tell; positions and durations in seconds of the video. */
export interface ProgressReporter {
  /** It plays, and is at this position now: several times a second. */
  playing(position: number): void;
  /** It was paused, or is at its end. */
  paused(position: number): void;
  /** It begins to jump. */
  seeking(): void;
  /** It arrived where it jumped to. */
  seeked(position: number): void;
  /** What it plays is loaded anew. */
  reloaded(): void;
  /** What it plays broke. */
  failed(position: number): void;
  /** It plays again after its end: that is another playback. */
  restarted(): void;
  /** The page goes away, or may: tell what has not been told. */
  flush(position: number): void;
}

interface Options {
  send: (progress: Progress) => void;
  newSessionId: () => string;
  /** Null while the player does not know it. */
  durationSeconds: () => number | null;
  /** How well it went so far; told with the progress. */
  figures?: () => QualityFigures;
  /** A clock, in milliseconds. */
  now: () => number;
}

/** How often progress is told while playing, in milliseconds. */
const reportEvery = 5000;

const rounded = (seconds: number) => Math.round(seconds * 1000) / 1000;

/**
 * Tells how far a playback session has come: every five seconds of playing, and when it is paused, jumps, breaks or ends.
 * Nothing is told of a session in which nothing has been played yet, unless that is because it broke.
 */
export function createProgressReporter({
  send,
  newSessionId,
  durationSeconds,
  figures,
  now,
}: Options): ProgressReporter {
  let counter = createWatchedCounter();
  let sessionId = newSessionId();
  let lastSent: { at: number; position: number; watched: number; errors: number } | null = null;
  let begun: number | null = null;

  function report(position: number) {
    const watched = rounded(counter.seconds);
    const place = rounded(position);
    const quality = figures?.();
    const errors = quality?.errors ?? 0;
    if (watched === 0 && errors === 0) return;
    if (lastSent?.position === place && lastSent.watched === watched && lastSent.errors === errors) return;
    lastSent = { at: now(), position: place, watched, errors };
    const duration = durationSeconds();
    send({
      sessionId,
      positionSeconds: place,
      watchedSeconds: watched,
      ...(duration && { durationSeconds: rounded(duration) }),
      ...quality,
    });
  }

  return {
    playing(position) {
      counter.playing(position);
      begun ??= now();
      if (now() - (lastSent?.at ?? begun) >= reportEvery) report(position);
    },
    paused(position) {
      counter.stopped(position);
      report(position);
    },
    seeking: () => counter.jumped(),
    seeked: report,
    reloaded: () => counter.jumped(),
    failed: report,
    restarted() {
      counter = createWatchedCounter();
      sessionId = newSessionId();
      lastSent = null;
      begun = null;
    },
    flush: report,
  };
}
