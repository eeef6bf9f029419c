import { z } from 'zod';
import { DomainError } from '../errors.ts';
import { newId } from '../ids.ts';
import { currentTrace } from '../trace.ts';

/** What an event module of the contracts exports: the event's name (the routing key) and the schema of its data. */
export interface EventContract<T> {
  readonly type: string;
  readonly data: z.ZodType<T>;
}

/** A CloudEvent 1.0 with JSON data. */
export interface FlixEvent<T = unknown> {
  specversion: '1.0';
  /** Unique; consumers tell repeats by it. */
  id: string;
  /** Who says so: the service. */
  source: string;
  type: string;
  /** ISO 8601, UTC. */
  time: string;
  /** What it is about: an id. */
  subject: string;
  datacontenttype: 'application/json';
  data: T;
  /** W3C trace context of the change that caused it, kept while it waits in an outbox; travels as an AMQP header. */
  traceparent?: string;
}

/**
 * A new event, stamped with an id, the time and the current trace.
 * @throws DomainError 'internal' when the data breaks its own contract, so that no consumer ever meets it.
 */
export function newEvent<T>(
  contract: EventContract<T>,
  fields: { source: string; subject: string; data: T; id?: string; time?: string },
): FlixEvent<T> {
  const data = contract.data.safeParse(fields.data);
  if (!data.success) {
    throw new DomainError('internal', `An event ${contract.type} broke its contract: ${problemsOf(data.error)}.`, {
      cause: data.error,
    });
  }
  const traceparent = currentTrace()?.traceparent;
  return {
    specversion: '1.0',
    id: fields.id ?? newId(),
    source: fields.source,
    type: contract.type,
    time: fields.time ?? new Date().toISOString(),
    subject: fields.subject,
    datacontenttype: 'application/json',
    data: data.data,
    ...(traceparent === undefined ? {} : { traceparent }),
  };
}

/** The message can never be understood; trying again does not help. */
export class InvalidEventError extends Error {
  override name = 'InvalidEventError';
}

// Read tolerantly: attributes that we do not know are no error (CloudEvents §3.1, extension attributes).
const envelope = z.looseObject({
  specversion: z.literal('1.0'),
  id: z.string().min(1),
  source: z.string().min(1),
  type: z.string().min(1),
  time: z.iso.datetime({ offset: true }),
  subject: z.string(),
  datacontenttype: z.literal('application/json').default('application/json'),
  data: z.unknown(),
});

/**
 * The event in a message's body.
 * @throws InvalidEventError with the reason, when it is no event of this contract.
 */
export function readEvent<T>(contract: EventContract<T>, content: Buffer): FlixEvent<T> {
  let json: unknown;
  try {
    json = JSON.parse(content.toString('utf8'));
  } catch (error) {
    throw new InvalidEventError('The body is not JSON.', { cause: error });
  }
  const event = envelope.safeParse(json);
  if (!event.success) throw new InvalidEventError(`Not a CloudEvent 1.0: ${problemsOf(event.error)}.`);
  if (event.data.type !== contract.type) {
    throw new InvalidEventError(`An event ${event.data.type} where ${contract.type} was expected.`);
  }
  const data = contract.data.safeParse(event.data.data);
  if (!data.success) {
    throw new InvalidEventError(`The data is no ${contract.type}: ${problemsOf(data.error, 'data')}.`);
  }
  return { ...event.data, data: data.data } as FlixEvent<T>;
}

/** The body of the message: the event without what travels beside it. */
export function writeEvent(event: FlixEvent): Buffer {
  const { traceparent: _, ...body } = event;
  return Buffer.from(JSON.stringify(body), 'utf8');
}

// Paths and expectations only; a value may be a person's.
function problemsOf(error: z.ZodError, root?: string): string {
  return error.issues
    .slice(0, 5)
    .map((issue) => `${[...(root ? [root] : []), ...issue.path].join('.') || 'body'}: ${issue.message}`)
    .join('; ');
}
