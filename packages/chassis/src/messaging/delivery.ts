import type { Channel, ConsumeMessage } from 'amqplib';
import type { Logger } from '../logger.ts';
import type { entered } from '../trace.ts';
import { backoff, delay } from './backoff.ts';
import type { Publisher } from './publisher.ts';
import { deadLetters } from './topology.ts';

const putBackSince = 'x-put-back-since';

/** What handling deliveries of a queue is, as a span: of the trace of the first, with links to those of the others. */
export function spanOf(deliveries: readonly Delivery[]): Parameters<typeof entered>[1] {
  const [first, ...others] = deliveries;
  return {
    role: 'consumer',
    traceparent: first?.traceparent,
    alsoOf: others.map(({ traceparent }) => traceparent),
    facts: {
      'messaging.system': 'rabbitmq',
      'messaging.operation.type': 'process',
      'messaging.destination.name': first?.facts.queue ?? '',
      'messaging.message.id': first?.facts.eventId ?? '',
      'messaging.batch.message_count': deliveries.length,
    },
  };
}

/** One message in hand, and the ways to settle it. */
export class Delivery {
  readonly message: ConsumeMessage;
  /** Aborted when the message should no longer be worked on: its channel is gone, or we stop. */
  readonly signal: AbortSignal;
  readonly #channel: Channel;
  readonly #gone: AbortSignal;
  readonly #queue: string;
  readonly #deliveryLimit: number;
  readonly #publisher: Publisher;
  readonly #logger: Logger;

  constructor(o: {
    message: ConsumeMessage;
    channel: Channel;
    gone: AbortSignal;
    signal: AbortSignal;
    queue: string;
    deliveryLimit: number;
    publisher: Publisher;
    logger: Logger;
  }) {
    this.message = o.message;
    this.signal = o.signal;
    this.#channel = o.channel;
    this.#gone = o.gone;
    this.#queue = o.queue;
    this.#deliveryLimit = o.deliveryLimit;
    this.#publisher = o.publisher;
    this.#logger = o.logger;
  }

  get traceparent(): string | undefined {
    const value: unknown = this.message.properties.headers?.traceparent;
    return typeof value === 'string' ? value : undefined;
  }

  /** How often it was delivered before, without being settled. */
  get earlierDeliveries(): number {
    const value: unknown = this.message.properties.headers?.['x-delivery-count'];
    return typeof value === 'number' ? value : 0;
  }

  /**
   * Whether the broker will dead-letter it before long. Deliveries that ended by a cut connection count towards that,
   * so this says nothing against the message.
   */
  get nearLimit(): boolean {
    return this.earlierDeliveries >= this.#deliveryLimit / 2;
  }

  /** For how long it has gone from one replica to the next, since none knows what to do with it. */
  get goesRoundForMs(): number {
    const since: unknown = this.message.properties.headers?.[putBackSince];
    return typeof since === 'string' ? Date.now() - Date.parse(since) : 0;
  }

  /** Acknowledges it. On a channel that is gone nothing happens, false is returned and the message comes again. */
  acknowledge(): boolean {
    if (this.#gone.aborted) return false;
    try {
      this.#channel.ack(this.message);
      return true;
    } catch {
      return false;
    }
  }

  /** Puts it among the dead letters with its reason, confirmed, and only then acknowledges it. */
  async reject(reason: string): Promise<void> {
    this.#logger.error({ ...this.facts, reason }, 'a message was dead-lettered');
    await this.#moveTo(deadLetters, this.#queue, {
      'x-reason': reason,
      'x-event-queue': this.#queue,
      'x-dead-lettered-at': new Date().toISOString(),
    });
  }

  /**
   * Puts it back as a new message. Unlike a nack this does not count towards the delivery limit, and restarts
   * RabbitMQ's consumer_timeout: an outage of hours must not turn good messages into dead letters.
   */
  async renew(): Promise<void> {
    this.#logger.warn(this.facts, 'a message waits for a neighbour for long; it is put back into its queue');
    await this.#moveTo('', this.#queue, {});
  }

  /** Puts it back for another replica, with the time when that was first done. */
  async putBack(): Promise<void> {
    const since: unknown = this.message.properties.headers?.[putBackSince];
    // Once is enough for an operator, and it may go round a thousand times.
    const level = since === undefined ? 'warn' : 'debug';
    this.#logger[level](this.facts, 'a message is not known to this version; it is put back for another replica');
    await this.#moveTo('', this.#queue, {
      [putBackSince]: typeof since === 'string' ? since : new Date().toISOString(),
    });
  }

  /** What a log line may say of it: never the data. */
  get facts(): { queue: string; eventId: string | undefined; earlierDeliveries: number } {
    return {
      queue: this.#queue,
      eventId: this.message.properties.messageId as string | undefined,
      earlierDeliveries: this.earlierDeliveries,
    };
  }

  async #moveTo(exchange: string, routingKey: string, extraHeaders: Record<string, string>): Promise<void> {
    const { headers, ...properties } = this.message.properties;
    const { 'x-delivery-count': _, ...kept } = headers ?? {};
    for (let failures = 1; !this.signal.aborted; failures += 1) {
      try {
        await this.#publisher.publish({
          exchange,
          routingKey,
          content: this.message.content,
          properties: { ...properties, headers: { ...kept, ...extraHeaders } },
        });
        this.acknowledge();
        return;
      } catch (error) {
        this.#logger.warn({ err: error, ...this.facts }, 'a message could not be moved, trying again');
        await delay(backoff(failures, 1_000, 30_000), this.signal);
      }
    }
  }
}
