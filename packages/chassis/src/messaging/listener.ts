import type { ConfirmChannel, ConsumeMessage } from 'amqplib';
import { newId } from '../ids.ts';
import type { Logger } from '../logger.ts';
import { runInTrace } from '../trace.ts';
import type { ChannelUser } from './connection.ts';
import { type EventContract, type FlixEvent, readEvent } from './event.ts';
import { assertExchanges, eventsExchange } from './topology.ts';

/** Hears every event for as long as it is connected, on a queue that lives no longer than the connection. */
export class Listener<T> implements ChannelUser {
  readonly name: string;
  readonly #service: string;
  readonly #event: EventContract<T>;
  readonly #handle: (event: FlixEvent<T>) => void | Promise<void>;
  readonly #onGap: () => void;
  readonly #logger: Logger;

  constructor(o: {
    service: string;
    event: EventContract<T>;
    handle(event: FlixEvent<T>): void | Promise<void>;
    onGap(): void;
    logger: Logger;
  }) {
    this.name = `the listener to ${o.event.type}`;
    this.#service = o.service;
    this.#event = o.event;
    this.#handle = o.handle;
    this.#onGap = o.onGap;
    this.#logger = o.logger;
  }

  async setUp(channel: ConfirmChannel, gone: AbortSignal): Promise<void> {
    await assertExchanges(channel);
    // A new name each time: after a cut the broker may hold the old exclusive queue until it misses our heartbeats.
    const queue = `${this.#service}.${this.#event.type}.${newId()}`;
    await channel.assertQueue(queue, { exclusive: true, autoDelete: true, durable: false });
    await channel.bindQueue(queue, eventsExchange, this.#event.type);
    await channel.prefetch(100);
    // From here on nothing is missed; whatever was remembered before may be wrong.
    this.#onGap();
    await channel.consume(queue, (message) => {
      if (!message) channel.close().catch(() => {});
      else
        void this.#receive(message)
          .then(() => !gone.aborted && channel.ack(message))
          .catch(() => {});
    });
  }

  async #receive(message: ConsumeMessage): Promise<void> {
    const traceparent: unknown = message.properties.headers?.traceparent;
    await runInTrace(typeof traceparent === 'string' ? traceparent : undefined, async () => {
      try {
        await this.#handle(readEvent(this.#event, message.content));
      } catch (err) {
        // A listener that cannot tell what changed has to take it that anything may have.
        this.#logger.error({ err, eventId: message.properties.messageId as unknown }, 'a listener failed');
        this.#onGap();
      }
    });
  }
}
