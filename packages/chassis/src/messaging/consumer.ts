import type { Channel, ConfirmChannel, ConsumeMessage } from 'amqplib';
import type { Logger } from '../logger.ts';
import { atMost } from './backoff.ts';
import type { ChannelUser } from './connection.ts';
import { Delivery } from './delivery.ts';
import type { Publisher } from './publisher.ts';
import { assertEventQueue, assertExchanges } from './topology.ts';

export interface ConsumerOptions {
  queue: string;
  type: string;
  prefetch: number;
  deliveryLimit: number;
  publisher: Publisher;
  logger: Logger;
  /** Works on one delivery and settles it. Must not reject. */
  onDelivery(delivery: Delivery): Promise<void>;
}

/** Consumes a durable queue on a channel of its own: declares it, hands its messages on, and ends in good order. */
export class QueueConsumer implements ChannelUser {
  readonly name: string;
  readonly #o: ConsumerOptions;
  readonly #stopping = new AbortController();
  readonly #inHand = new Set<Promise<void>>();
  #consuming: { channel: Channel; tag: string } | undefined;

  constructor(o: ConsumerOptions) {
    this.name = `the consumer of ${o.queue}`;
    this.#o = o;
  }

  get finished(): boolean {
    return this.#stopping.signal.aborted;
  }

  async setUp(channel: ConfirmChannel, gone: AbortSignal): Promise<void> {
    await assertExchanges(channel);
    await assertEventQueue(channel, this.#o);
    await channel.prefetch(this.#o.prefetch);
    const signal = AbortSignal.any([gone, this.#stopping.signal]);
    const { consumerTag } = await channel.consume(this.#o.queue, (message) => {
      if (message) this.#receive(message, channel, gone, signal);
      // Cancelled by the broker, since the queue is gone. A new channel declares it again.
      else channel.close().catch(() => {});
    });
    if (this.finished) await channel.cancel(consumerTag);
    if (signal.aborted) return;
    this.#consuming = { channel, tag: consumerTag };
    gone.addEventListener('abort', () => {
      if (this.#consuming?.channel === channel) this.#consuming = undefined;
    });
  }

  /** Takes no more messages, ends waiting between tries, and resolves when the handlers in hand have ended. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    const consuming = this.#consuming;
    this.#consuming = undefined;
    const cancelled = consuming && (await atMost(2_000, consuming.channel.cancel(consuming.tag)));
    while (this.#inHand.size > 0) await Promise.all(this.#inHand);
    // What was delivered and not handled goes back now, instead of waiting until the connection closes.
    if (cancelled) await atMost(2_000, consuming.channel.close());
  }

  #receive(message: ConsumeMessage, channel: Channel, gone: AbortSignal, signal: AbortSignal): void {
    // What arrives while we stop stays unacknowledged and goes to the next consumer when the channel closes.
    if (signal.aborted) return;
    const { queue, deliveryLimit, publisher, logger } = this.#o;
    const work = this.#o.onDelivery(
      new Delivery({ message, channel, gone, signal, queue, deliveryLimit, publisher, logger }),
    );
    this.#inHand.add(work);
    void work.finally(() => this.#inHand.delete(work));
  }
}
