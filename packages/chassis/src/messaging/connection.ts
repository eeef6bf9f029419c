import amqp, { type AmqpConnectionManager } from 'amqp-connection-manager';
import type { ChannelModel, ConfirmChannel } from 'amqplib';
import type { Logger } from '../logger.ts';
import { atMost, backoff, delay } from './backoff.ts';

/** Somebody who needs a channel for as long as the broker is there: a publisher, a consumer. */
export interface ChannelUser {
  readonly name: string;
  /** Makes a fresh channel ready; `gone` is aborted when that channel is no more. A rejection closes it; tried again. */
  setUp(channel: ConfirmChannel, gone: AbortSignal): Promise<void>;
  /** True once it needs no channel any more. */
  readonly finished?: boolean;
}

// Two silent intervals and the connection is given up: a cable pulled is noticed within 10 to 15 seconds.
const heartbeatSeconds = 5;
const connectTimeoutMs = 5_000;
const closeTimeoutMs = 2_000;
const steadyMs = 30_000;

/**
 * One connection to RabbitMQ that comes back by itself, and a channel on it for each user, each of which comes back
 * by itself too: the broker may close a channel alone (consumer_timeout, a queue deleted) and keep the connection.
 */
export class BrokerConnection {
  readonly #logger: Logger;
  readonly #url: () => string;
  readonly #name: string;
  readonly #users: ChannelUser[] = [];
  readonly #notReady = new Set<ChannelUser>();
  readonly #waiting = new Set<() => void>();
  #manager: AmqpConnectionManager | undefined;
  #current: { model: ChannelModel; gone: AbortController } | undefined;
  #failures = 0;
  #blocked = false;
  #stopped: Promise<void> | undefined;

  /** @param o.name says in logs and in RabbitMQ's management what it is for, as `history consuming`. */
  constructor(o: { url: () => string; name: string; logger: Logger }) {
    this.#url = o.url;
    this.#name = o.name;
    this.#logger = o.logger.child({ connection: o.name });
  }

  /** Gives the user a channel now and after each reconnection. */
  add(user: ChannelUser): void {
    this.#users.push(user);
    this.#notReady.add(user);
    if (this.#current) void this.#keepChannel(user, this.#current.model, this.#current.gone.signal);
  }

  /** Whether anybody needs it at all. */
  get used(): boolean {
    return this.#users.length > 0;
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
        clientProperties: { connection_name: this.#name },
      },
    });
    this.#manager = manager;
    manager.on('connect', () => this.#connected(manager));
    manager.on('connectFailed', ({ err }) => {
      this.#failures += 1;
      manager.reconnectTimeInSeconds = backoff(this.#failures, 250, 5_000) / 1_000;
      this.#logger.warn({ err, failures: this.#failures }, 'no connection to RabbitMQ, trying again');
    });
    manager.on('disconnect', ({ err }) => {
      manager.reconnectTimeInSeconds = backoff(1, 200, 5_000) / 1_000;
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
    for (let failures = 1; !connectionGone.aborted && !user.finished; failures += 1) {
      const openedAt = performance.now();
      const error = await this.#useChannel(user, model);
      if (connectionGone.aborted || user.finished) return;
      this.#notReady.add(user);
      // A channel that closes again and again soon after it opened is to be opened ever more slowly.
      if (performance.now() - openedAt > steadyMs) failures = 1;
      this.#logger.warn({ err: error, channel: user.name, failures }, 'a RabbitMQ channel closed, opening it again');
      await delay(backoff(failures, 200, 10_000), connectionGone);
    }
  }

  /** Opens a channel for the user; resolves when it has closed, with the reason. Never rejects. */
  async #useChannel(user: ChannelUser, model: ChannelModel): Promise<unknown> {
    const gone = new AbortController();
    let reason: unknown = new Error('closed');
    try {
      const channel = await model.createConfirmChannel();
      const closed = new Promise<void>((resolve) => {
        channel.on('error', (error) => {
          reason = error;
        });
        channel.on('close', () => {
          gone.abort();
          resolve();
        });
      });
      try {
        await user.setUp(channel, gone.signal);
      } catch (error) {
        if (!gone.signal.aborted) {
          reason = error;
          await channel.close();
        }
      }
      if (!gone.signal.aborted) {
        this.#notReady.delete(user);
        this.#announce();
      }
      await closed;
    } catch (error) {
      reason = error;
    }
    gone.abort();
    return reason;
  }

  #announce(): void {
    if (!this.isConnected()) return;
    for (const ready of this.#waiting) ready();
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
