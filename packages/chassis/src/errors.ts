/**
 * What went wrong, in words that hold for every caller: HTTP makes a status of a kind (http/problem.ts),
 * a consumer decides by it whether to try again.
 */
export type ErrorKind =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not-found'
  | 'method-not-allowed'
  | 'request-timeout'
  | 'conflict'
  | 'gone'
  | 'length-required'
  | 'precondition-failed'
  | 'precondition-required'
  | 'too-large'
  | 'unsupported-type'
  | 'range-not-satisfiable'
  | 'locked'
  | 'too-many'
  | 'checksum-mismatch'
  | 'internal'
  | 'bad-neighbour'
  | 'unavailable'
  | 'timeout';

/** One wrong input: `path` is the field's name (`title`, `source.key`, `limit`), `message` what it must be. */
export interface FieldError {
  path: string;
  message: string;
}

export interface DomainErrorOptions {
  cause?: unknown;
  errors?: FieldError[] | undefined;
  /** Whole seconds after which trying again makes sense. */
  retryAfterSeconds?: number | undefined;
}

/**
 * The one error that the domain throws. `detail` is shown to people: what happened and what to do, with no host name,
 * no stack and no library's words. What an engineer needs goes into `cause`, which is only logged.
 */
export class DomainError extends Error {
  readonly kind: ErrorKind;
  readonly detail: string;
  readonly errors?: FieldError[];
  readonly retryAfterSeconds?: number;

  constructor(kind: ErrorKind, detail: string, options: DomainErrorOptions = {}) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'DomainError';
    this.kind = kind;
    this.detail = detail;
    if (options.errors !== undefined) this.errors = options.errors;
    if (options.retryAfterSeconds !== undefined) this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** What whoever runs a service must change before it can start; the message is all that they need to know. */
export class SetupError extends Error {
  constructor(message: string, options?: { cause: unknown }) {
    super(message, options);
    this.name = 'SetupError';
  }
}

const transientKinds: ReadonlySet<ErrorKind> = new Set(['unavailable', 'timeout', 'bad-neighbour']);

/** Whether the same attempt may succeed later with nothing changed on our side. */
export function isTransient(error: unknown): boolean {
  return error instanceof DomainError && transientKinds.has(error.kind);
}
