import { isTransient } from '../errors.ts';
import type { Logger } from '../logger.ts';
import type { MessageMeter } from '../metrics/messages.ts';
import { mapMongoError } from '../mongo-errors.ts';
import { entered } from '../trace.ts';
import { AppliedEvents, keyOf } from './applied-events.ts';
import { type Delivery, spanOf } from './delivery.ts';
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
  readonly #meter: MessageMeter;
  readonly #singly: OneByOne<T>;
  readonly #applied = new AppliedEvents();
  readonly #watched = new WeakSet<AbortSignal>();
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
    logger: Logger;
    meter: MessageMeter;
  }) {
    this.#event = o.event;
    this.#handle = o.handle;
    this.#maxSize = o.maxSize;
    this.#maxWaitMs = o.maxWaitMs;
    this.#policy = o.policy;
    this.#logger = o.logger;
    this.#meter = o.meter;
    this.#singly = new OneByOne({ ...o, handle: (event) => o.handle([event]) });
  }

  /** Resolves when the delivery was settled as a member of its batch, or is to be settled no more. Never rejects. */
  async deliver(delivery: Delivery): Promise<void> {
    let event: FlixEvent<T>;
    try {
      event = readEvent(this.#event, delivery.message.content);
    } catch (error) {
      this.#meter.handled(delivery.facts.queue, 'dead-lettered', 0);
      return delivery.reject((error as Error).message);
    }
    return new Promise((resolve) => {
      this.#collected.push({ event, delivery, settled: resolve });
      this.#dropWith(delivery.signal);
      this.#timer ??= this.#startTimer();
      this.#next();
    });
  }

  /** Members that still wait when their channel goes, or when we stop, are dropped: they come again. */
  #dropWith(signal: AbortSignal): void {
    if (this.#watched.has(signal)) return;
    this.#watched.add(signal);
    const drop = () => {
      for (const { delivery, settled } of this.#collected) if (delivery.signal === signal) settled();
      this.#collected = this.#collected.filter(({ delivery }) => delivery.signal !== signal);
      if (this.#collected.length === 0) this.#stopTimer();
    };
    signal.addEventListener('abort', drop, { once: true });
  }

  #startTimer(): NodeJS.Timeout {
    return setTimeout(() => {
      this.#due = true;
      this.#next();
    }, this.#maxWaitMs);
  }

  #stopTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#due = false;
  }

  #next(): void {
    if (this.#busy || this.#collected.length === 0) return;
    if (!this.#due && this.#collected.length < this.#maxSize) return;
    this.#stopTimer();
    const batch = this.#collected.splice(0, this.#maxSize);
    if (this.#collected.length > 0) this.#timer = this.#startTimer();
    this.#busy = true;
    void this.#handleBatch(batch).finally(() => {
      this.#busy = false;
      for (const member of batch) member.settled();
      this.#next();
    });
  }

  async #handleBatch(collected: Member<T>[]): Promise<void> {
    const batch = collected.filter(({ event, delivery }) => !this.#applied.settle(event, delivery));
    const [first] = batch;
    if (!first) return;
    // The same event twice, by a relay that published it again, is one member.
    const events = [...new Map(batch.map(({ event }) => [keyOf(event), event])).values()];
    let notTransient: unknown;
    const outcome = await persevere(
      async () => {
        try {
          const deliveries = batch.map(({ delivery }) => delivery);
          await entered(`process ${first.delivery.facts.queue}`, spanOf(deliveries), () => this.#handle(events));
        } catch (error) {
          if (isTransient(mapMongoError(error))) throw error;
          notTransient = error;
        }
      },
      {
        policy: this.#policy,
        // Half, since the next batch has been delivered already and waits behind this one.
        maxHoldMs: batch.some(({ delivery }) => delivery.nearLimit) ? 0 : this.#policy.maxHoldMs / 2,
        // One for all: members of a channel that is gone have been dropped.
        signal: first.delivery.signal,
        onFailure: (err, nextInMs) => this.#logger.warn({ err, size: batch.length, nextInMs }, 'batch failed'),
        onTried: (tried, seconds) => {
          // Its members are tried one by one, and counted then.
          if (notTransient !== undefined) return;
          for (const { delivery } of batch) this.#meter.handled(delivery.facts.queue, tried, seconds);
        },
      },
    );
    if (outcome.kind === 'applied' && notTransient === undefined) {
      for (const { event, delivery } of batch) this.#applied.acknowledge(event, delivery);
    } else if (outcome.kind === 'held') {
      await Promise.all(batch.map(({ delivery }) => delivery.renew()));
    } else if (outcome.kind === 'applied') {
      this.#logger.warn({ err: notTransient, size: batch.length }, 'batch failed, its members are tried one by one');
      await Promise.all(batch.map(({ event, delivery }) => this.#singly.apply(event, delivery)));
    }
  }
}
