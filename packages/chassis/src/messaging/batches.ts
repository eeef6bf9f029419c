import { isTransient } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { mapMongoError } from '../mongo-errors.ts';
import { runInTrace } from '../trace.ts';
import type { Delivery } from './delivery.ts';
import { type EventContract, type FlixEvent, readEvent } from './event.ts';
import { persevere, type RetryPolicy } from './failures.ts';
import { OneByOne } from './one-by-one.ts';

interface Member<T> {
  event: FlixEvent<T>;
  delivery: Delivery;
  settled(): void;
}

/** Collects deliveries and hands them on together: one batch at a time, the next is collected meanwhile. */
export class Batches<T> {
  readonly #event: EventContract<T>;
  readonly #handle: (events: FlixEvent<T>[]) => Promise<void>;
  readonly #maxSize: number;
  readonly #maxWaitMs: number;
  readonly #policy: RetryPolicy;
  readonly #logger: Logger;
  readonly #singly: OneByOne<T>;
  #collected: Member<T>[] = [];
  #timer: NodeJS.Timeout | undefined;
  #due = false;
  #busy = false;

  constructor(o: {
    event: EventContract<T>;
    handle(events: FlixEvent<T>[]): Promise<void>;
    maxSize: number;
    maxWaitMs: number;
    policy: RetryPolicy;
    deliveryLimit: number;
    logger: Logger;
  }) {
    this.#event = o.event;
    this.#handle = o.handle;
    this.#maxSize = o.maxSize;
    this.#maxWaitMs = o.maxWaitMs;
    this.#policy = o.policy;
    this.#logger = o.logger;
    this.#singly = new OneByOne({ ...o, handle: (event) => o.handle([event]) });
  }

  /** Resolves when the delivery was settled as a member of its batch, or is to be settled no more. Never rejects. */
  async deliver(delivery: Delivery): Promise<void> {
    let event: FlixEvent<T>;
    try {
      event = readEvent(this.#event, delivery.message.content);
    } catch (error) {
      return delivery.reject((error as Error).message);
    }
    return new Promise((resolve) => {
      this.#collected.push({ event, delivery, settled: resolve });
      // A member that is dropped while it waits must not hold up a stop.
      delivery.signal.addEventListener('abort', () => this.#drop(delivery), { once: true });
      this.#timer ??= setTimeout(() => {
        this.#due = true;
        this.#next();
      }, this.#maxWaitMs);
      this.#next();
    });
  }

  #drop(delivery: Delivery): void {
    this.#collected = this.#collected.filter((member) => {
      if (member.delivery === delivery) member.settled();
      return member.delivery !== delivery;
    });
  }

  #next(): void {
    if (this.#busy || this.#collected.length === 0) return;
    if (!this.#due && this.#collected.length < this.#maxSize) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#due = false;
    const batch = this.#collected.splice(0, this.#maxSize);
    if (this.#collected.length > 0) {
      this.#timer = setTimeout(() => {
        this.#due = true;
        this.#next();
      }, this.#maxWaitMs);
    }
    this.#busy = true;
    void this.#handleBatch(batch).finally(() => {
      this.#busy = false;
      for (const member of batch) member.settled();
      this.#next();
    });
  }

  async #handleBatch(batch: Member<T>[]): Promise<void> {
    const [first] = batch;
    if (!first) return;
    // The same event twice, by a relay that published it again, is one member.
    const events = [...new Map(batch.map(({ event }) => [`${event.source} ${event.id}`, event])).values()];
    let notTransient: unknown;
    const outcome = await persevere(
      async () => {
        try {
          await runInTrace(first.delivery.traceparent, () => this.#handle(events));
        } catch (error) {
          if (isTransient(mapMongoError(error))) throw error;
          notTransient = error;
        }
      },
      {
        policy: this.#policy,
        signal: AbortSignal.any(batch.map(({ delivery }) => delivery.signal)),
        onFailure: (err, nextInMs) => this.#logger.warn({ err, size: batch.length, nextInMs }, 'batch failed'),
      },
    );
    if (outcome.kind === 'applied' && notTransient === undefined) {
      for (const { delivery } of batch) delivery.acknowledge();
    } else if (outcome.kind === 'held') {
      await Promise.all(batch.map(({ delivery }) => delivery.renew()));
    } else if (outcome.kind === 'applied') {
      this.#logger.warn({ err: notTransient, size: batch.length }, 'batch failed, its members are tried one by one');
      await Promise.all(batch.map(({ event, delivery }) => this.#singly.apply(event, delivery)));
    }
  }
}
