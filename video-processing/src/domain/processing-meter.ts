import type { Failure } from './processing.ts';
import type { Task } from './task.ts';

/**
 * How an attempt at a task ended: what it was to make is there, it is to be done again, or it is given up. `refused` is a
 * file that nobody could process, and `stopped` a worker that ended before its task: neither is a failure of a worker's.
 */
export type TaskOutcome = 'done' | 'retried' | 'failed' | 'refused' | 'stopped';

/** Counts how processing goes. Times in seconds. */
export interface ProcessingMeter {
  taskEnded(task: Task['kind'], outcome: TaskOutcome, seconds: number): void;
  /** The first of a video can be played as HLS; since its upload had ended, or since it was asked to be processed again. */
  playable(seconds: number): void;
  /** All of a video is done; since the same. */
  ready(seconds: number): void;
  /** A video's processing ended without a result. */
  failed(kind: Failure['kind']): void;
}
