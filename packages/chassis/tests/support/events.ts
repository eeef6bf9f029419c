import { EventEmitter, once } from 'node:events';
import { z } from 'zod';
import { createLogger, type Logger } from '../../src/logger.ts';
import { type FlixEvent, newEvent, type RetryPolicy } from '../../src/messaging.ts';

/** An event that belongs to no service. */
export const thing = { type: 'thing.happened', data: z.object({ n: z.number() }) } as const;
export type Thing = z.infer<typeof thing.data>;

export function thingEvent(n: number, fields: { id?: string; time?: string } = {}): FlixEvent<Thing> {
  return newEvent(thing, { source: 'test', subject: `thing-${n}`, data: { n }, ...fields });
}

/** The rules for failures with short waits. */
export const soon: Partial<RetryPolicy> = { transientFirstMs: 10, transientMaxMs: 50, firstMs: 5 };

/** Things that come one by one, and promises of how many there will be. */
export class Arrivals<T> {
  readonly all: T[] = [];
  readonly #emitter = new EventEmitter().setMaxListeners(0);

  add(item: T): void {
    this.all.push(item);
    this.#emitter.emit('item');
  }

  /** Resolves with all when there are this many. */
  async count(wanted: number): Promise<T[]> {
    return this.until(() => this.all.length >= wanted);
  }

  /** Resolves with all when this holds, which is looked at after each arrival. */
  async until(holds: (all: T[]) => boolean): Promise<T[]> {
    while (!holds(this.all)) await once(this.#emitter, 'item');
    return this.all;
  }
}

/** A promise that is settled from outside. */
export function gate(): { opened: Promise<void>; open(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: resolve };
}

export interface LogLine {
  level: string;
  msg: string;
  [field: string]: unknown;
}

/** A logger whose lines a test can wait for, those of one of a broker's two connections where it says which. */
export function recordingLogger(): {
  logger: Logger;
  lines: Arrivals<LogLine>;
  said(msg: string, times?: number, connection?: 'publishing' | 'consuming'): Promise<LogLine[]>;
} {
  const lines = new Arrivals<LogLine>();
  const logger = createLogger({
    service: 'test',
    level: 'debug',
    destination: { write: (line) => lines.add(JSON.parse(line) as LogLine) },
  });
  const about = (msg: string, connection: string) =>
    lines.all.filter((line) => line.msg === msg && String(line.connection ?? '').endsWith(connection));
  return {
    logger,
    lines,
    said: async (msg, times = 1, connection) => {
      await lines.until(() => about(msg, connection ?? '').length >= times);
      return about(msg, connection ?? '');
    },
  };
}
