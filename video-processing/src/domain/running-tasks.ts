import { DomainError } from '@flixtube/chassis/errors';
import type { Task } from './task.ts';

/** Why a task is ended before its end: this worker stops, or nobody wants the outcome any more. */
type EndReason = 'stopping' | 'obsolete';

interface Running {
  task: Task;
  ending: AbortController;
}

/** The tasks that this worker has in hand, and how they are ended from outside. */
export class RunningTasks {
  readonly #running = new Map<Running, Promise<unknown>>();
  #stopping = false;

  /** @throws DomainError 'unavailable' when the worker stops */
  async run(task: Task, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    if (this.#stopping) throw stopping();
    const running = { task, ending: new AbortController() };
    const ended = work(running.ending.signal);
    this.#running.set(running, ended);
    try {
      await ended;
    } finally {
      this.#running.delete(running);
    }
  }

  get tasks(): Task[] {
    return [...this.#running.keys()].map(({ task }) => task);
  }

  /** Ends those that nobody wants any more. */
  end(isObsolete: (task: Task) => boolean): void {
    for (const { task, ending } of this.#running.keys()) if (isObsolete(task)) this.#end(ending, 'obsolete');
  }

  /** Takes no more, ends all in hand, and resolves when they have ended. */
  async stop(): Promise<void> {
    this.#stopping = true;
    for (const { ending } of this.#running.keys()) this.#end(ending, 'stopping');
    await Promise.allSettled(this.#running.values());
  }

  #end(ending: AbortController, reason: EndReason): void {
    ending.abort(reason);
  }
}

/** What a task ends with that another worker is to do: its message stays unacknowledged, and comes to that one. */
export function stopping(): DomainError {
  return new DomainError('unavailable', 'This worker is stopping.');
}
