import { isTransient } from '@flixtube/chassis/errors';
import { newId } from '@flixtube/chassis/ids';
import type { Lifecycle } from './lifecycle.ts';
import { type Media, MediaFailure, type Plan, type Probe } from './media.ts';
import type { Folders, Log, ObjectStore, Parts, ProcessingName, Processings, ServedSource, Sources } from './ports.ts';
import type { Failure, Processing } from './processing.ts';
import type { ProcessingMeter, TaskOutcome } from './processing-meter.ts';
import { RunningTasks, stopping } from './running-tasks.ts';
import { Steps } from './steps.ts';
import type { Task } from './task.ts';

export interface WorkerOptions {
  lifecycle: Lifecycle;
  processings: Processings;
  parts: Parts;
  objects: ObjectStore;
  media: Media;
  planOf(probe: Probe): Plan;
  sources: Sources;
  folders: Folders;
  log: Log;
  meter: ProcessingMeter;
  /** Before a task that has failed is tried again, in milliseconds. */
  pauseMs: number;
}

/** How often a task may fail, when it may go otherwise another time. */
const mostFailures = 3;
/** How often it may be begun: it may be the file that ends each worker. */
const mostStarts = 5;

const givenUp: Failure = {
  kind: 'internal',
  message: 'Processing this video was broken off again and again. Please try it once more later.',
  retriable: true,
};

/**
 * Does tasks. The message that brings one is acknowledged when it is done, so RabbitMQ is who knows what is in hand:
 * killed in the middle, the task comes again. Each attempt writes into folders of its own, and one atomic update
 * decides which counts.
 */
export class Worker {
  readonly #o: WorkerOptions;
  readonly #steps: Steps;
  readonly #running = new RunningTasks();

  constructor(options: WorkerOptions) {
    this.#o = options;
    this.#steps = new Steps(options);
  }

  /** @throws DomainError that is transient when a neighbour is away or this worker stops: then the task is to come again */
  async run(task: Task): Promise<void> {
    await this.#running.run(task, async (signal) => {
      await this.#doTask(task, signal);
      if (!(await this.#o.lifecycle.current(task))) await this.#o.lifecycle.clear(task.videoId);
    });
  }

  /** Ends what is in hand for a video, or for processings of it that are older than another one. */
  endObsolete(videoId: string, olderThan?: string): void {
    this.#running.end((task) => task.videoId === videoId && (olderThan === undefined || task.processingId < olderThan));
  }

  /** Ends what is in hand for a processing that has failed; other attempts at its tasks make no difference. */
  endFailed({ videoId, processingId }: ProcessingName): void {
    this.#running.end((task) => task.videoId === videoId && task.processingId === processingId);
  }

  /** Looks at all in hand whether it is still wanted; for when word of that may have been missed. */
  async lookAround(): Promise<void> {
    for (const task of this.#running.tasks) {
      try {
        if (await this.#o.lifecycle.current(task)) continue;
        this.#running.end((one) => one === task);
      } catch (err) {
        // Then it finds out at its end.
        this.#o.log.warn({ err, ...task }, 'it is not known whether a task is still wanted');
      }
    }
  }

  /** Ends all in hand, to be done by another worker. */
  async stop(): Promise<void> {
    await this.#running.stop();
  }

  async #doTask(task: Task, signal: AbortSignal): Promise<void> {
    const { lifecycle, parts, log, meter } = this.#o;
    for (;;) {
      const processing = await lifecycle.current(task);
      if (processing === undefined) return;
      const isProduct = task.kind === 'piece' || task.kind === 'pictures' || task.kind === 'texts';
      const attempt = newId();
      const began = performance.now();
      const ended = (outcome: TaskOutcome) => meter.taskEnded(task.kind, outcome, (performance.now() - began) / 1_000);
      const part = await parts.start(task, isProduct ? attempt : undefined);
      try {
        const isHopeless = part.outcome === null && (part.failures >= mostFailures || part.starts > mostStarts);
        if (part.outcome !== null) await this.#steps.note(task, part.outcome);
        else if (isHopeless) await this.#giveUp(task, givenUp);
        else await this.#attempt(task, attempt, processing, signal);
        await lifecycle.advance(task);
        ended(isHopeless ? 'failed' : 'done');
        return;
      } catch (error) {
        if (signal.aborted || isTransient(error)) {
          if (signal.reason === 'obsolete') return;
          ended(signal.aborted ? 'stopped' : 'retried');
          await parts.giveBack(task);
          throw signal.aborted ? stopping() : error;
        }
        const failure = failureOf(error);
        const failures = await parts.addFailure(task);
        log.warn({ err: error, ...task, failures }, 'a task failed');
        const isLast = !failure.retriable || failures >= mostFailures;
        const isOfFile = failure.kind === 'unreadable' || failure.kind === 'unsupported';
        ended(isLast ? (isOfFile ? 'refused' : 'failed') : 'retried');
        if (isLast) {
          await this.#giveUp(task, failure);
          await lifecycle.advance(task);
          return;
        }
        await pause(this.#o.pauseMs, signal);
      }
    }
  }

  async #attempt(task: Task, attempt: string, processing: Processing, signal: AbortSignal): Promise<void> {
    if (task.kind === 'finish') return this.#o.lifecycle.finish(task);
    const source = this.#o.sources.serve(processing.source);
    const folder = await this.#o.folders.make();
    try {
      await this.#steps.take({ task, attempt, processing, source, folder, signal });
    } catch (error) {
      throw signal.aborted ? error : (unreadSource(source) ?? error);
    } finally {
      source.close();
      await this.#o.folders.remove(folder);
    }
  }

  /** A video without poster and storyboard, or without the texts of its file, is better than none. */
  async #giveUp(task: Task, failure: Failure): Promise<void> {
    this.#o.log.error({ ...task, kind: failure.kind, task: task.kind, detail: failure.message }, 'a task is given up');
    if (!(await this.#steps.doWithout(task))) await this.#o.lifecycle.fail(task, failure);
  }
}

/** What reads the file says only that it broke off; the reason may be that nobody could give its bytes. */
function unreadSource(source: ServedSource): unknown {
  const error = source.failure();
  if (error === undefined || isTransient(error)) return error;
  return new MediaFailure('internal', 'The uploaded file is no longer there. Please upload it again.', {
    retriable: false,
    cause: error,
  });
}

function failureOf(error: unknown): Failure {
  if (error instanceof MediaFailure) return error;
  return {
    kind: 'internal',
    message: 'Something went wrong here while this video was processed. Please try it once more later.',
    retriable: true,
  };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
