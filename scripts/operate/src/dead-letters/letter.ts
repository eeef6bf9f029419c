import type { Message, MessageProperties } from 'amqplib';

/** A message that nobody could handle, as it lies in the queue of dead letters. */
export interface Letter {
  /** The event's id; undefined for what was published by somebody else. */
  readonly id: string | undefined;
  /** The event's name, by the message's own word. */
  readonly event: string;
  /** The queue of the consumer that could not handle it; undefined when nothing says so. */
  readonly queue: string | undefined;
  readonly reason: string;
  /** When it became a dead letter, else when the event happened; undefined when neither is known. */
  readonly since: Date | undefined;
  readonly headers: Record<string, unknown>;
  readonly properties: MessageProperties;
  readonly content: Buffer;
}

/** RabbitMQ's own record of a dead-lettering: rabbitmq.com/docs/dlx#effects */
interface Death {
  queue?: unknown;
  reason?: unknown;
  /** AMQP 0-9-1 timestamp, in seconds. */
  time?: unknown;
}

/** Reads what services (`x-event-queue`, `x-reason`, `x-dead-lettered-at`) and RabbitMQ (`x-death`) say of a message. */
export function readLetter(message: Pick<Message, 'content' | 'properties'>): Letter {
  const { messageId, type, timestamp, headers = {} } = message.properties as Partial<MessageProperties>;
  const deaths: unknown = headers['x-death'];
  const death: Death = (Array.isArray(deaths) && deaths[0]) || {};
  return {
    id: text(messageId),
    event: text(type) ?? 'unknown',
    queue: text(headers['x-event-queue']) ?? text(death.queue),
    reason: text(headers['x-reason']) ?? text(death.reason) ?? 'unknown',
    since: timeOf(headers['x-dead-lettered-at']) ?? timeOf(death.time) ?? timeOf(timestamp),
    headers,
    properties: message.properties,
    content: message.content,
  };
}

/** What a letter's message carries on when it is put back: nothing of its death, so that it begins anew. */
export function revivedHeaders(headers: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !ofDeath.test(name)));
}

const ofDeath =
  /^x-(reason|event-queue|dead-lettered-at|death|(first|last)-death-\w+|delivery-count|acquired-count|attempt|put-back-since)$/;

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function timeOf(value: unknown): Date | undefined {
  // amqplib gives a timestamp within headers as {'!': 'timestamp', value}.
  const plain = typeof value === 'object' && value !== null && 'value' in value ? value.value : value;
  const time = new Date(typeof plain === 'number' ? plain * 1_000 : (text(plain) ?? Number.NaN));
  return Number.isNaN(time.getTime()) ? undefined : time;
}
