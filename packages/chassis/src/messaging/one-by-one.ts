import type { Logger } from '../logger.ts';
import type { MessageMeter } from '../metrics/messages.ts';
import { entered } from '../trace.ts';
import { AppliedEvents, keyOf } from './applied-events.ts';
import { delay } from './backoff.ts';
import { type Delivery, spanOf } from './delivery.ts';
import { type EventContract, type FlixEvent, readEvent } from './event.ts';
import { persevere, type RetryPolicy } from './failures.ts';

/** Handles deliveries one by one, several at a time, by the rules for failures. */
export class OneByOne<T> {
  readonly #event: EventContract<T>;
  readonly #handle: (event: FlixEvent<T>) => Promise<void>;
  readonly #policy: RetryPolicy;
  readonly #logger: Logger;
  readonly #meter: MessageMeter;
  readonly #inHand = new Map<string, Promise<void>>();
  readonly #applied = new AppliedEvents();

  constructor(o: {
    event: EventContract<T>;
    handle(event: FlixEvent<T>): Promise<void>;
    policy: RetryPolicy;
    logger: Logger;
    meter: MessageMeter;
  }) {
    this.#event = o.event;
    this.#handle = o.handle;
    this.#policy = o.policy;
    this.#logger = o.logger;
    this.#meter = o.meter;
  }

  /** Handles and settles one delivery. Never rejects. */
  async deliver(delivery: Delivery): Promise<void> {
    let event: FlixEvent<T>;
    try {
      event = readEvent(this.#event, delivery.message.content);
    } catch (error) {
      this.#meter.handled(delivery.facts.queue, 'dead-lettered', 0);
      return delivery.reject((error as Error).message);
    }
    await this.apply(event, delivery);
  }

  /** Handles and settles one event that was read already. Never rejects. */
  async apply(event: FlixEvent<T>, delivery: Delivery): Promise<void> {
    // A message whose channel went away comes again while its handler may still be at work: one after the other.
    const key = keyOf(event);
    const turn = (this.#inHand.get(key) ?? Promise.resolve()).then(() => this.#applyInTurn(event, delivery));
    this.#inHand.set(key, turn);
    await turn;
    if (this.#inHand.get(key) === turn) this.#inHand.delete(key);
  }

  async #applyInTurn(event: FlixEvent<T>, delivery: Delivery): Promise<void> {
    if (this.#applied.settle(event, delivery)) return;
    const attempt = () => entered(`process ${delivery.facts.queue}`, spanOf([delivery]), () => this.#handle(event));
    const outcome = await persevere(attempt, {
      policy: this.#policy,
      // Deliveries that ended by a cut connection count towards the limit as well; a good message is renewed in time.
      ...(delivery.nearLimit ? { maxHoldMs: 0 } : {}),
      mayPutBack: delivery.goesRoundForMs < this.#policy.putBackForMs,
      signal: delivery.signal,
      onFailure: (err, nextInMs) =>
        this.#logger.warn(
          { err, ...delivery.facts, ...(nextInMs === undefined ? {} : { nextInMs }) },
          'handler failed',
        ),
      onTried: (outcome, seconds) => this.#meter.handled(delivery.facts.queue, outcome, seconds),
    });
    if (outcome.kind === 'applied') {
      this.#applied.acknowledge(event, delivery);
    } else if (outcome.kind === 'poison') {
      await delivery.reject(outcome.reason);
    } else if (outcome.kind === 'held') {
      await delivery.renew();
    } else if (outcome.kind === 'not-known') {
      await delay(this.#policy.putBackAfterMs, delivery.signal);
      await delivery.putBack();
    }
  }
}
