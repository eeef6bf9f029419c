import amqp, { type AmqpConnectionManager } from 'amqp-connection-manager';
import type { ChannelModel, ConfirmChannel } from 'amqplib';
import type { Logger } from '../logger.ts';
import { atMost, backoff, delay } from './backoff.ts';

/** Somebody who needs a channel for as long as the broker is there: a publisher, a consumer. */
export interface ChannelUser {
  readonly name: string;
  /** Makes a fresh channel ready; `gone` is aborted when that channel is no more. A rejection closes it; tried again. */
  setUp(channel: ConfirmChannel, gone: AbortSignal): Promise<void>;
}

// Two silent intervals and the connection is given up: a cable pulled is noticed within 10 to 15 seconds.
const heartbeatSeconds = 5;
const connectTimeoutMs = 5_000;
const closeTimeoutMs = 2_000;

/**
 * One connection to RabbitMQ that comes back by itself, and a channel on it for each user, each of which comes back
 * by itself too: the broker may close a channel alone (consumer_timeout, a queue deleted) and keep the connection.
 */
export class BrokerConnection {
  readonly #logger: Logger;
  readonly #url: () => string;
  readonly #service: string;
  readonly #users: ChannelUser[] = [];
  readonly #notReady = new Set<ChannelUser>();
  readonly #waiting = new Set<() => void>();
  readonly #connectedListeners = new Set<() => void>();
  #manager: AmqpConnectionManager | undefined;
  #current: { model: ChannelModel; gone: AbortController } | undefined;
  #failures = 0;
  #blocked = false;
  #stopped: Promise<void> | undefined;

  constructor(o: { url: () => string; service: string; logger: Logger }) {
    this.#url = o.url;
    this.#service = o.service;
    this.#logger = o.logger;
  }

  /** Gives the user a channel now and after each reconnection. */
  add(user: ChannelUser): void {
    this.#users.push(user);
    this.#notReady.add(user);
    if (this.#current) void this.#keepChannel(user, this.#current.model, this.#current.gone.signal);
  }

  /** Called each time everything stands: the connection and every user's channel. */
  onConnected(listener: () => void): void {
    this.#connectedListeners.add(listener);
    if (this.isConnected()) listener();
  }

  isConnected(): boolean {
    return this.#current !== undefined && this.#notReady.size === 0;
  }

  /** Why publishing would not work now, in words for a person; undefined when it would. */
  problem(): string | undefined {
    if (!this.#current) return 'There is no connection to RabbitMQ.';
    if (this.#blocked) return 'RabbitMQ takes no messages at the moment.';
    for (const user of this.#notReady) return `RabbitMQ is connected, but ${user.name} is not ready.`;
    return undefined;
  }

  get blocked(): boolean {
    return this.#blocked;
  }

  /** Starts connecting; resolves when everything stands or after `patienceMs`, and goes on trying in the background. */
  async start(patienceMs: number): Promise<void> {
    if (this.#stopped) return;
    if (!this.#manager) this.#connect();
    if (this.isConnected()) return;
    let ready = () => {};
    await atMost(
      patienceMs,
      new Promise<void>((resolve) => {
        ready = resolve;
        this.#waiting.add(ready);
      }),
    );
    this.#waiting.delete(ready);
  }

  /** Closes the connection. What is not acknowledged comes again, to whoever consumes then. */
  stop(): Promise<void> {
    this.#stopped ??= this.#close();
    return this.#stopped;
  }

  #connect(): void {
    const manager = amqp.connect(null, {
      findServers: () => Promise.resolve(this.#url()),
      heartbeatIntervalInSeconds: heartbeatSeconds,
      connectionOptions: {
        timeout: connectTimeoutMs,
        noDelay: true,
        clientProperties: { connection_name: this.#service },
      } as NonNullable<Parameters<typeof amqp.connect>[1]>['connectionOptions'] & {},
    });
    this.#manager = manager;
    manager.on('connect', () => this.#connected(manager));
    manager.on('connectFailed', ({ err }) => {
      this.#failures += 1;
      manager.reconnectTimeInSeconds = backoff(this.#failures, 500, 10_000) / 1_000;
      this.#logger.warn({ err, failures: this.#failures }, 'no connection to RabbitMQ, trying again');
    });
    manager.on('disconnect', ({ err }) => {
      manager.reconnectTimeInSeconds = backoff(1, 200, 10_000) / 1_000;
      this.#lost(err);
    });
    manager.on('blocked', ({ reason }) => {
      this.#blocked = true;
      this.#logger.error({ reason }, 'RabbitMQ takes no messages');
    });
    manager.on('unblocked', () => {
      this.#blocked = false;
      this.#logger.info('RabbitMQ takes messages again');
    });
  }

  #connected(manager: AmqpConnectionManager): void {
    const model = manager.connection;
    if (!model) return;
    const gone = new AbortController();
    this.#current = { model, gone };
    this.#failures = 0;
    this.#blocked = false;
    this.#logger.info('connected to RabbitMQ');
    for (const user of this.#users) void this.#keepChannel(user, model, gone.signal);
    this.#announce();
  }

  #lost(error: Error | undefined): void {
    const current = this.#current;
    if (!current) return;
    this.#current = undefined;
    for (const user of this.#users) this.#notReady.add(user);
    current.gone.abort();
    this.#logger.warn({ err: error }, 'lost the connection to RabbitMQ');
    destroySocket(current.model);
  }

  async #keepChannel(user: ChannelUser, model: ChannelModel, connectionGone: AbortSignal): Promise<void> {
    for (let failures = 1; !connectionGone.aborted; failures += 1) {
      const gone = new AbortController();
      try {
        const channel = await model.createConfirmChannel();
        let reason = 'closed';
        const closed = new Promise<void>((resolve) => {
          channel.on('error', (error) => {
            reason = error.message;
          });
          channel.on('close', () => {
            gone.abort();
            resolve();
          });
        });
        try {
          await user.setUp(channel, gone.signal);
        } catch (error) {
          if (!gone.signal.aborted) await channel.close().catch(() => {});
          throw reason === 'closed' ? error : new Error(reason, { cause: error });
        }
        if (!gone.signal.aborted) {
          failures = 0;
          this.#notReady.delete(user);
          this.#announce();
        }
        await closed;
        throw new Error(reason);
      } catch (error) {
        gone.abort();
        if (connectionGone.aborted) return;
        this.#notReady.add(user);
        this.#logger.warn({ err: error, channel: user.name }, 'a RabbitMQ channel closed, opening it again');
        await delay(backoff(failures + 1, 100, 10_000), connectionGone);
      }
    }
  }

  #announce(): void {
    if (!this.isConnected()) return;
    for (const ready of this.#waiting) ready();
    for (const listener of this.#connectedListeners) listener();
  }

  async #close(): Promise<void> {
    const { model, gone } = this.#current ?? {};
    const manager = this.#manager;
    this.#current = undefined;
    gone?.abort();
    if (!manager) return;
    manager.reconnectTimeInSeconds = 0.001;
    await atMost(closeTimeoutMs, manager.close());
    if (model) destroySocket(model);
    manager.removeAllListeners();
  }
}

/**
 * amqplib only ends its socket, which on a half-open connection lasts until the kernel gives up, and keeps the process
 * from ending. It gets a moment to send its farewell and is then destroyed.
 */
function destroySocket(model: ChannelModel): void {
  const { stream } = model.connection as unknown as { stream?: { destroyed: boolean; destroy(): void } };
  if (stream && !stream.destroyed) setTimeout(() => stream.destroy(), 500).unref();
}
