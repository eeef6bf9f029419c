import { type ConfirmChannel, IllegalOperationError, type Options } from 'amqplib';
import { DomainError } from '../errors.ts';
import type { BrokerConnection, ChannelUser } from './connection.ts';
import { assertExchanges } from './topology.ts';

const confirmTimeoutMs = 5_000;
// Above these the caller is told at once, instead of memory filling while a broker does not confirm.
const maxUnconfirmed = 5_000;
const maxUnconfirmedBytes = 64 * 1024 * 1024;
const attemptHeader = 'x-attempt';

export interface OutgoingMessage {
  exchange: string;
  routingKey: string;
  content: Buffer;
  properties: Options.Publish;
}

/** Publishes on a confirm channel of its own. */
export class Publisher implements ChannelUser {
  readonly name = 'the publisher';
  readonly #connection: BrokerConnection;
  readonly #returned = new Set<number>();
  readonly #readyListeners = new Set<() => void>();
  #channel: ConfirmChannel | undefined;
  #attempts = 0;
  #unconfirmed = 0;
  #unconfirmedBytes = 0;
  #onIdle: (() => void) | undefined;

  constructor(connection: BrokerConnection) {
    this.#connection = connection;
  }

  async setUp(channel: ConfirmChannel, gone: AbortSignal): Promise<void> {
    await assertExchanges(channel);
    channel.on('return', (message) => {
      const attempt: unknown = message.properties.headers?.[attemptHeader];
      if (typeof attempt === 'number') this.#returned.add(attempt);
    });
    if (gone.aborted) return;
    this.#channel = channel;
    for (const listener of this.#readyListeners) listener();
    gone.addEventListener('abort', () => {
      if (this.#channel === channel) this.#channel = undefined;
    });
  }

  get ready(): boolean {
    return this.#channel !== undefined && !this.#connection.blocked;
  }

  /** Calls back whenever publishing becomes possible, and now if it is. */
  onReady(listener: () => void): void {
    this.#readyListeners.add(listener);
    if (this.ready) listener();
  }

  /** Resolves when nothing waits for its confirm. */
  async idle(): Promise<void> {
    if (this.#unconfirmed > 0) {
      await new Promise<void>((resolve) => {
        this.#onIdle = resolve;
      });
    }
  }

  /**
   * Resolves when the broker has taken the message and a queue has it.
   * @throws DomainError 'unavailable' otherwise; the message may still have arrived when only the confirm was lost.
   */
  publish(message: OutgoingMessage): Promise<void> {
    const channel = this.#channel;
    const size = message.content.length;
    if (!channel || this.#connection.blocked) {
      return Promise.reject(unavailable(this.#connection.problem() ?? 'There is no connection to RabbitMQ.'));
    }
    if (this.#unconfirmed >= maxUnconfirmed || this.#unconfirmedBytes + size > maxUnconfirmedBytes) {
      return Promise.reject(unavailable('RabbitMQ confirms messages too slowly; too many wait for it already.'));
    }
    this.#attempts += 1;
    const attempt = this.#attempts;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(unavailable(`RabbitMQ did not confirm a message within ${confirmTimeoutMs / 1_000} s.`)),
        confirmTimeoutMs,
      );
      const settle = (error: Error | null) => {
        clearTimeout(timer);
        this.#unconfirmed -= 1;
        this.#unconfirmedBytes -= size;
        if (this.#unconfirmed === 0) this.#onIdle?.();
        // RabbitMQ sends basic.return before the basic.ack of the same message.
        if (this.#returned.delete(attempt)) {
          reject(unavailable(`No queue takes messages of ${message.routingKey || message.exchange} yet.`));
        } else if (error) {
          reject(unavailable('The connection to RabbitMQ was lost before it confirmed a message.', error));
        } else {
          resolve();
        }
      };
      this.#unconfirmed += 1;
      this.#unconfirmedBytes += size;
      try {
        channel.publish(
          message.exchange,
          message.routingKey,
          message.content,
          {
            ...message.properties,
            persistent: true,
            mandatory: true,
            headers: { ...message.properties.headers, [attemptHeader]: attempt },
          },
          settle,
        );
      } catch (error) {
        if (error instanceof IllegalOperationError) settle(error);
        else {
          reject(new DomainError('internal', 'An event cannot be sent as a message.', { cause: error }));
          settle(null);
        }
      }
    });
  }
}

function unavailable(detail: string, cause?: Error): DomainError {
  return new DomainError('unavailable', detail, cause ? { cause } : {});
}
