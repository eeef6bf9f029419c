import { EventEmitter, on } from 'node:events';
import { type ConsumeMessage, connect } from 'amqplib';
import { testConnection } from './vhost.ts';

/** An event as it travels: a CloudEvent 1.0 in JSON. */
export interface ProbedEvent<T = Record<string, unknown>> {
  specversion: string;
  id: string;
  source: string;
  type: string;
  time: string;
  subject: string;
  data: T;
}

export interface DeadLetter {
  /** The body, parsed when it is JSON. */
  body: unknown;
  headers: Record<string, unknown>;
  routingKey: string;
}

/** Another service, played by the test: hears every event from its start on, and publishes. */
export interface EventProbe {
  /** Publishes an event, a well-formed one or not; resolves when the broker has confirmed it. */
  publish(event: { type: string; id?: string }, headers?: Record<string, string>): Promise<void>;
  /** Publishes bytes under a routing key, for what is no event at all. */
  publishRaw(routingKey: string, body: string | Buffer): Promise<void>;
  /** The next event of this type (that fits), which no earlier call has answered; rejects after `withinMs` (20 s). */
  next<T = Record<string, unknown>>(
    type: string,
    fits?: (event: ProbedEvent<T>) => boolean,
    withinMs?: number,
  ): Promise<ProbedEvent<T>>;
  /** All events of this type so far. */
  published<T = Record<string, unknown>>(type: string): ProbedEvent<T>[];
  /** The AMQP headers of an event that was heard, such as `traceparent`. */
  headersOf(eventId: string): Record<string, unknown> | undefined;
  /** All dead letters so far. */
  deadLetters(): DeadLetter[];
  /** The next dead letter (that fits), which no earlier call has answered; rejects after `withinMs` (20 s). */
  nextDeadLetter(fits?: (letter: DeadLetter) => boolean, withinMs?: number): Promise<DeadLetter>;
  close(): Promise<void>;
}

const events = 'flixtube.events';
const deadLetters = 'flixtube.dead-letters';

/** Joins the virtual host at this URL. Its connection is not one of those that `cutConnections` cuts. */
export async function eventProbe(url: string): Promise<EventProbe> {
  const connection = await connect(url, testConnection);
  connection.on('error', () => undefined);
  const channel = await connection.createConfirmChannel();
  await channel.assertExchange(events, 'topic', { durable: true });
  await channel.assertExchange(deadLetters, 'fanout', { durable: true });

  const heard = new Inbox<ProbedEvent>((event) => event.type);
  const dead = new Inbox<DeadLetter>((letter) => letter.routingKey);
  const headers = new Map<string, Record<string, unknown>>();
  const listen = async (exchange: string, receive: (message: ConsumeMessage) => void) => {
    const { queue } = await channel.assertQueue('', { exclusive: true });
    await channel.bindQueue(queue, exchange, '#');
    await channel.consume(queue, (message) => message && receive(message), { noAck: true });
  };
  await listen(events, (message) => {
    const event = parsed(message.content);
    // What is no event at all is for the service under test to refuse.
    if (!isEvent(event)) return;
    headers.set(event.id, message.properties.headers ?? {});
    heard.add(event);
  });
  await listen(deadLetters, (message) =>
    dead.add({
      body: parsed(message.content),
      headers: message.properties.headers ?? {},
      routingKey: message.fields.routingKey,
    }),
  );

  const publish = async (routingKey: string, body: Buffer, extra?: Record<string, string>) => {
    channel.publish(events, routingKey, body, { persistent: true, contentType: 'application/json', headers: extra });
    await channel.waitForConfirms();
  };

  return {
    publish: (event, extra) => publish(event.type, Buffer.from(JSON.stringify(event)), extra),
    publishRaw: (routingKey, body) => publish(routingKey, Buffer.from(body)),
    next: <T>(type: string, fits: (event: ProbedEvent<T>) => boolean = () => true, withinMs?: number) =>
      heard.next(
        `the event ${type}`,
        (event) => event.type === type && fits(event as ProbedEvent<T>),
        withinMs,
      ) as Promise<ProbedEvent<T>>,
    published: <T>(type: string) => heard.all.filter((event) => event.type === type) as ProbedEvent<T>[],
    headersOf: (id) => headers.get(id),
    deadLetters: () => [...dead.all],
    nextDeadLetter: (fits = () => true, withinMs) => dead.next('a dead letter', fits, withinMs),
    close: () => connection.close(),
  };
}

/** What has come in, each handed out once by `next`. */
class Inbox<T extends object> {
  readonly all: T[] = [];
  readonly #answered = new Set<T>();
  readonly #arrivals = new EventEmitter().setMaxListeners(0);
  readonly #nameOf: (item: T) => string;

  constructor(nameOf: (item: T) => string) {
    this.#nameOf = nameOf;
  }

  add(item: T): void {
    this.all.push(item);
    this.#arrivals.emit('item');
  }

  async next(what: string, fits: (item: T) => boolean, withinMs = 20_000): Promise<T> {
    const signal = AbortSignal.timeout(withinMs);
    const arrivals = on(this.#arrivals, 'item', { signal });
    try {
      for (;;) {
        const found = this.all.find((item) => !this.#answered.has(item) && fits(item));
        if (found) {
          this.#answered.add(found);
          return found;
        }
        await arrivals.next();
      }
    } catch (error) {
      if (!signal.aborted) throw error;
      const names = this.all.map(this.#nameOf).join(', ') || 'nothing';
      throw new Error(`${what} did not come within ${withinMs} ms. What came so far: ${names}`);
    } finally {
      await arrivals.return?.();
    }
  }
}

function isEvent(value: unknown): value is ProbedEvent {
  return typeof value === 'object' && value !== null && 'type' in value && 'id' in value;
}

function parsed(content: Buffer): unknown {
  try {
    return JSON.parse(content.toString());
  } catch {
    return content.toString();
  }
}
