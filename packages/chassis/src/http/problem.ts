import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import { DomainError, type ErrorKind, type FieldError } from '../errors.ts';
import { currentTrace } from '../trace.ts';

/** The one place where a kind of error becomes an HTTP status. One to one: a neighbour's status says its kind, too. */
export const statusOfKind: Readonly<Record<ErrorKind, number>> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  'method-not-allowed': 405,
  'request-timeout': 408,
  conflict: 409,
  gone: 410,
  'length-required': 411,
  'precondition-failed': 412,
  'too-large': 413,
  'unsupported-type': 415,
  'range-not-satisfiable': 416,
  locked: 423,
  'precondition-required': 428,
  'too-many': 429,
  // Of no registry, but what tus 1.0.0 has for it (its Checksum extension).
  'checksum-mismatch': 460,
  internal: 500,
  'bad-neighbour': 502,
  unavailable: 503,
  timeout: 504,
};

/** The body of an error answer (RFC 9457). */
export interface Problem {
  /** `about:blank`: the status says all that the type would (RFC 9457 §4.2.1). */
  type: string;
  title: string;
  status: number;
  /** What happened and what to do, for a person. */
  detail: string;
  /** The path that was asked for, without its query. */
  instance: string;
  traceId: string;
  errors?: FieldError[];
}

export interface ProblemAnswer {
  problem: Problem;
  headers: Record<string, string>;
  /** Whether this is our fault and nobody foresaw it: to be logged with its stack. */
  unexpected: boolean;
}

const unregistered: Readonly<Record<number, string>> = { 460: 'Checksum Mismatch' };

const sentences: Readonly<Record<number, string>> = {
  400: 'The request is malformed.',
  413: 'The body of the request is too large.',
  415: 'The body of the request has a type, charset or encoding that is not taken here.',
};

/** What a client is told of `error`; nothing of an error that was not meant for people gets out. */
export function problemOf(error: unknown, req: Pick<IncomingMessage, 'url'> & { originalUrl?: string }): ProblemAnswer {
  const domainError = error instanceof DomainError ? error : fromHttpError(error);
  const status = statusOfKind[domainError.kind];
  const headers: Record<string, string> = {};
  if (domainError.retryAfterSeconds !== undefined) {
    headers['Retry-After'] = String(Math.max(1, Math.ceil(domainError.retryAfterSeconds)));
  }
  // RFC 9110 §15.5.2: a 401 must say how to authenticate.
  if (status === 401) headers['WWW-Authenticate'] = 'FlixTube-Identity';
  return {
    problem: {
      type: 'about:blank',
      title: STATUS_CODES[status] ?? unregistered[status] ?? 'Error',
      status,
      detail: domainError.detail,
      instance: instanceOf(req.originalUrl ?? req.url ?? '/'),
      traceId: currentTrace()?.traceId ?? '',
      ...(domainError.errors === undefined ? {} : { errors: domainError.errors }),
    },
    headers,
    unexpected: domainError.kind === 'internal',
  };
}

/** 412 says what is there instead, 416 how long it is (RFC 9110 §15.5.17). */
const kept: Readonly<Record<number, readonly string[]>> = { 412: ['ETag'], 416: ['ETag', 'Content-Range'] };

/** Answers with `error` as problem+json; for places outside of a route. Headers must not have been sent. */
export function sendProblem(
  req: IncomingMessage & { originalUrl?: string },
  res: ServerResponse,
  error: unknown,
  extra: Record<string, unknown> = {},
): void {
  const { problem, headers } = problemOf(error, req);
  const body = Buffer.from(JSON.stringify({ ...problem, ...extra }));
  // What the route had said of the answer that it did not get to give does not hold for this one.
  for (const name of ['Content-Encoding', 'Content-Range', 'ETag', 'Last-Modified', 'Content-Disposition']) {
    if (!kept[problem.status]?.includes(name)) res.removeHeader(name);
  }
  res.statusCode = problem.status;
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
  res.setHeader('Cache-Control', 'no-store');
  res.setHeader('Content-Type', 'application/problem+json');
  res.setHeader('Content-Length', body.length);
  res.end(req.method === 'HEAD' ? undefined : body);
}

/**
 * Middleware's and the router's errors carry a status (the http-errors convention). Of those that say the request is
 * wrong the status counts; their words are for programmers, so ours take their place.
 */
function fromHttpError(error: unknown): DomainError {
  const { status } = (error ?? {}) as { status?: unknown };
  const kind = kindOfStatus(status);
  const sentence = typeof status === 'number' ? sentences[status] : undefined;
  if (kind !== undefined && sentence !== undefined) return new DomainError(kind, sentence, { cause: error });
  return new DomainError('internal', 'Something went wrong on our side. Please try again later.', { cause: error });
}

/** The kind of error that a status stands for; undefined for a status that no kind has. */
export function kindOfStatus(status: unknown): ErrorKind | undefined {
  return (Object.keys(statusOfKind) as ErrorKind[]).find((kind) => statusOfKind[kind] === status);
}

/** The path as a URI reference (RFC 9457 §3.1.5), without the host that a request in absolute form chose to name. */
function instanceOf(url: string): string {
  const path = url.replace(/^https?:\/\/[^/?#]*/i, '').split(/[?#]/, 1)[0] || '/';
  return path.replace(/[^\x21-\x7e]/g, '');
}
