import { Secret } from '../config.ts';
import { DomainError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { meterMessages } from '../metrics/messages.ts';
import { Registry, watch } from '../metrics.ts';
import type { Resource } from '../service.ts';
import { currentTrace, entered, type SpanFacts } from '../trace.ts';
import { atMost } from './backoff.ts';
import { Batches } from './batches.ts';
import { BrokerConnection, type ChannelUser } from './connection.ts';
import { type ConsumerOptions, QueueConsumer } from './consumer.ts';
import { type EventContract, type FlixEvent, writeEvent } from './event.ts';
import { defaultRetryPolicy, type RetryPolicy } from './failures.ts';
import { Listener } from './listener.ts';
import { OneByOne } from './one-by-one.ts';
import { Publisher } from './publisher.ts';
import { eventsExchange } from './topology.ts';

export interface BrokerOptions {
  /** amqp:// or amqps:// with user, password and virtual host. */
  url: Secret | string;
  /** The service's name: its queues are `<service>.<event>`. */
  service: string;
  logger: Logger;
  /** How many messages a consumer has in hand at once, unless it says otherwise. Default 10. */
  prefetch?: number;
  /**
   * How often a message may be delivered and come back unsettled (its consumer died) before the broker
   * dead-letters it. Part of the queue's declaration: all replicas must agree. Default 20, as RabbitMQ 4 has it.
   */
  deliveryLimit?: number;
  retry?: Partial<RetryPolicy>;
  /** Where messages are counted. */
  metrics?: Registry;
}

/** Events in and out. A Resource: started and stopped with the service, and part of its readiness. */
export interface Broker extends Resource {
  /** Takes no more messages and resolves when the handlers in hand have ended; publishing goes on until stop(). */
  quiesce(): Promise<void>;
  /**
   * Resolves when the broker has confirmed that it holds the event, persistently, in at least one queue.
   * @throws DomainError 'unavailable': at once without a connection, after 5 s without a confirm, or when no queue
   * takes such an event. It may still have been taken when only the confirm was lost: publish it again, same id.
   */
  publish(event: FlixEvent): Promise<void>;
  /**
   * Handles each event at least once, on the durable queue `<service>.<event>`, acknowledged after `handle`.
   * Transient errors are retried for as long as they last; others a few times, then the message is dead-lettered.
   * `queue` names another one: for commands of a service to itself, whose type is the queue's name already.
   */
  subscribe<T>(o: {
    event: EventContract<T>;
    handle(event: FlixEvent<T>): Promise<void>;
    prefetch?: number;
    queue?: string;
  }): void;
  /** The same in batches of up to `maxSize` events, or what came within `maxWaitMs`; each event at most once in one. */
  subscribeBatch<T>(o: {
    event: EventContract<T>;
    handle(events: FlixEvent<T>[]): Promise<void>;
    maxSize: number;
    maxWaitMs: number;
  }): void;
  /**
   * Hears each event while connected, in every replica, for caches. `onGap` is called at each (re)connection before
   * any event is handed on, since events may have been missed, and after an event that could not be handled.
   */
  listen<T>(o: { event: EventContract<T>; handle(event: FlixEvent<T>): void | Promise<void>; onGap(): void }): void;
  /** Whether the connection and everything on it stands. A cache that listens should not trust itself otherwise. */
  isConnected(): boolean;
  /** Whether publish() has a chance now. */
  canPublish(): boolean;
  /** Calls back whenever publishing becomes possible, and now if it is. */
  onPublishable(listener: () => void): void;
}

// A service that is started before its broker waits no longer than this for it, and goes on without.
const startPatienceMs = 3_000;
// What was handed to RabbitMQ gets this long for its confirm before the connection closes.
const confirmPatienceMs = 1_000;

/** Creates the service's broker; nothing happens before `start()`. */
export function createBroker(o: BrokerOptions): Broker {
  const { service, logger, prefetch = 10, deliveryLimit = 20 } = o;
  const policy = { ...defaultRetryPolicy, ...o.retry };
  const url = () => (o.url instanceof Secret ? o.url.reveal() : o.url);
  // Two, since RabbitMQ reads nothing more from a connection that publishes while memory or disk is short: then the
  // acknowledgements that would make room again must not be stuck behind the publishing.
  const outgoing = new BrokerConnection({ url, name: `${service} publishing`, logger });
  const incoming = new BrokerConnection({ url, name: `${service} consuming`, logger });
  const inUse = () => [outgoing, ...(incoming.used ? [incoming] : [])];
  const publisher = new Publisher(outgoing);
  outgoing.add(publisher);
  const registry = o.metrics ?? new Registry();
  const meter = meterMessages(registry);
  const isConnected = () => inUse().every((connection) => connection.isConnected());
  const family = { name: 'broker_connected', help: 'Whether the connections to the broker stand: 1 or 0' };
  watch(registry, family, () => [{ value: isConnected() ? 1 : 0 }]);
  const consumers: QueueConsumer[] = [];
  let started = false;
  let quiesced: Promise<void> | undefined;
  let stopped: Promise<void> | undefined;

  const receive = (user: ChannelUser) => {
    incoming.add(user);
    if (started) void incoming.start(0);
  };
  const consume = (
    type: string,
    size: number,
    onDelivery: ConsumerOptions['onDelivery'],
    queue = `${service}.${type}`,
  ) => {
    const consumer = new QueueConsumer({ queue, type, prefetch: size, deliveryLimit, publisher, logger, onDelivery });
    consumers.push(consumer);
    meter.consuming(queue);
    receive(consumer);
  };
  // Handlers in hand may still publish while they end.
  const quiesce = () => {
    quiesced ??= Promise.all(consumers.map((consumer) => consumer.stop())).then(() => {});
    return quiesced;
  };

  return {
    name: 'rabbitmq',
    start: async () => {
      started = true;
      await Promise.all(inUse().map((connection) => connection.start(startPatienceMs)));
    },
    check: async () => {
      for (const connection of inUse()) {
        const problem = connection.problem();
        if (problem) throw new DomainError('unavailable', problem);
      }
    },
    quiesce,
    stop: () => {
      // Who has called quiesce() has waited for the handlers in hand for as long as it wants to.
      stopped ??= (async () => {
        if (!quiesced) await quiesce();
        await atMost(confirmPatienceMs, publisher.idle());
        await Promise.all([outgoing.stop(), incoming.stop()]);
      })();
      return stopped;
    },
    publish: async (event) => {
      const send = () =>
        publisher.publish({
          exchange: eventsExchange,
          routingKey: event.type,
          content: writeEvent(event),
          properties: {
            contentType: 'application/cloudevents+json',
            contentEncoding: 'utf-8',
            messageId: event.id,
            type: event.type,
            appId: service,
            timestamp: Math.floor(Date.parse(event.time) / 1_000),
            headers: currentTrace() === undefined ? {} : { traceparent: currentTrace()?.traceparent },
          },
        });
      // An event that waited is of the trace of the change that wrote it, not of who passes it on.
      const traceparent = event.traceparent ?? currentTrace()?.traceparent;
      try {
        await (traceparent === undefined
          ? send()
          : entered(`send ${event.type}`, { role: 'producer', traceparent, facts: sending(event) }, send));
        meter.published(event.type, true);
      } catch (error) {
        meter.published(event.type, false);
        throw error;
      }
    },
    subscribe: ({ event, handle, prefetch: own = prefetch, queue }) => {
      const handler = new OneByOne({ event, handle, policy, logger, meter });
      consume(event.type, own, (delivery) => handler.deliver(delivery), queue);
    },
    subscribeBatch: ({ event, handle, maxSize, maxWaitMs }) => {
      const handler = new Batches({ event, handle, maxSize, maxWaitMs, policy, logger, meter });
      // Twice the size: the next batch is collected while one is handled.
      consume(event.type, maxSize * 2, (delivery) => handler.deliver(delivery));
    },
    listen: ({ event, handle, onGap }) => {
      receive(new Listener({ service, event, handle, onGap, logger }));
    },
    isConnected,
    canPublish: () => publisher.ready,
    onPublishable: (listener) => publisher.onReady(listener),
  };
}

function sending(event: FlixEvent): SpanFacts {
  return {
    'messaging.system': 'rabbitmq',
    'messaging.operation.type': 'send',
    'messaging.destination.name': eventsExchange,
    'messaging.rabbitmq.destination.routing_key': event.type,
    'messaging.message.id': event.id,
  };
}
