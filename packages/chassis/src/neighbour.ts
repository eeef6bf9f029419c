import { DomainError, type ErrorKind, type FieldError } from './errors.ts';
import { kindOfStatus } from './http/problem.ts';

/** A neighbour's answer that is an error, as far as it was read. */
export interface FailedAnswer {
  /** The neighbour's name and what it was asked, for the log only. */
  asked: string;
  status: number;
  contentType: string | undefined;
  retryAfter: string | undefined;
  body: string;
}

/**
 * How long a connection to a neighbour is kept for the next call, in milliseconds. We give it up, not the neighbour: one
 * that is closed just as a call is sent on it fails what cannot be sent again. So DRAIN_SECONDS is more than this.
 */
export const idleConnectionMs = 4_000;

const sentences = {
  unavailable: 'A part of FlixTube that this needs is not reachable right now. Please try again in a moment.',
  timeout: 'A part of FlixTube that this needs took too long to answer. Please try again in a moment.',
  'bad-neighbour': 'A part of FlixTube that this needs does not work as it should right now. Please try again later.',
} as const;

/** A failure behind us, in a sentence that names neither host nor port; the cause is for the log. */
export function neighbourFailed(kind: keyof typeof sentences, cause: unknown, retryAfterSeconds?: number): DomainError {
  return new DomainError(kind, sentences[kind], { cause, retryAfterSeconds });
}

/**
 * What a neighbour's error answer means for our own caller: a 4xx problem+json keeps its kind, its detail and its
 * `errors`, since it is about what the caller asked for; all else is a failure behind us.
 */
export function errorFromAnswer(answer: FailedAnswer): DomainError {
  const { status, body } = answer;
  const kind = kindOfStatus(status);
  const problem = /^application\/problem\+json\b/.test(answer.contentType ?? '') ? parseProblem(body) : undefined;
  const cause = new Error(`${answer.asked} answered ${status}: ${problem?.detail ?? 'not a problem+json'}`);
  if (status === 503) return neighbourFailed('unavailable', cause, secondsOf(answer.retryAfter));
  if (status === 504) return neighbourFailed('timeout', cause);
  if (problem === undefined || !isAboutRequest(kind)) return neighbourFailed('bad-neighbour', cause);
  return new DomainError(kind, problem.detail, {
    cause,
    errors: problem.errors,
    retryAfterSeconds: secondsOf(answer.retryAfter),
  });
}

/** What it means that no answer came: `error` is the HTTP client's, with a system's or parser's `code`. */
export function errorFromConnection(asked: string, error: unknown): DomainError {
  const code = String((error as { code?: unknown } | undefined)?.code ?? '');
  const cause = new Error(`${asked} failed`, { cause: error });
  if (/TIMEDOUT|TIMEOUT/.test(code)) return neighbourFailed('timeout', cause);
  return neighbourFailed(/^HPE_|PARSER|BAD_RESPONSE/.test(code) ? 'bad-neighbour' : 'unavailable', cause);
}

/** 401 is left out: it is our own identity that was refused, and the caller can do nothing about it. */
function isAboutRequest(kind: ErrorKind | undefined): kind is ErrorKind {
  if (kind === undefined || kind === 'unauthenticated') return false;
  return !['internal', 'bad-neighbour', 'unavailable', 'timeout'].includes(kind);
}

function parseProblem(body: string): { detail: string; errors?: FieldError[] } | undefined {
  try {
    const { detail, errors } = JSON.parse(body) as { detail?: unknown; errors?: unknown };
    if (typeof detail !== 'string') return undefined;
    return Array.isArray(errors) ? { detail, errors: errors.filter(isFieldError) } : { detail };
  } catch {
    return undefined;
  }
}

function isFieldError(value: unknown): value is FieldError {
  const { path, message } = (value ?? {}) as Record<string, unknown>;
  return typeof path === 'string' && typeof message === 'string';
}

/** Retry-After in seconds (RFC 9110 §10.2.3); its form as a date is left unread, our services do not send it. */
function secondsOf(header: string | undefined): number | undefined {
  return header !== undefined && /^\d{1,6}$/.test(header) ? Number(header) : undefined;
}
