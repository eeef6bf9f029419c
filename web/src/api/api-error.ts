import type { Problem } from '@flixtube/contracts/http/problem';

/** A field that the API refused, and why. */
export type FieldProblem = NonNullable<Problem['errors']>[number];

/** Something the API did not do. `message` is for a person: what happened, and what to do where that is known. */
export class ApiError extends Error {
  /** The HTTP status; 0 when no answer came at all. */
  readonly status: number;
  readonly title: string;
  readonly fields: readonly FieldProblem[];
  /** By which the people who run FlixTube find the request in their logs. */
  readonly traceId: string | null;

  constructor(status: number, problem: Partial<Problem>, options?: ErrorOptions) {
    super(problem.detail || fallbackDetail(status), options);
    this.name = 'ApiError';
    this.status = status;
    this.title = problem.title || fallbackTitle(status);
    this.fields = problem.errors ?? [];
    this.traceId = problem.traceId ?? null;
  }

  /** Whether the same request may well succeed a moment later: nobody answered, or somebody was not ready. */
  get transient(): boolean {
    return [0, 408, 425, 429, 500, 502, 503, 504].includes(this.status);
  }

  /** The id is of no video, or of one that this viewer may not see (400: it cannot be an id at all). */
  get notFound(): boolean {
    return this.status === 404 || this.status === 410 || (this.status === 400 && this.fields.some(isId));
  }
}

const isId = ({ path }: FieldProblem): boolean => path === 'id';

/** No answer came: the network is down, or the server is. */
export function unreachable(cause?: unknown): ApiError {
  return new ApiError(0, {}, { cause });
}

/** What an answer's body says went wrong; anything but problem+json (a proxy's page, say) says nothing. */
export function errorFrom(status: number, contentType: string | null, body: string): ApiError {
  if (!contentType?.includes('json')) return new ApiError(status, {});
  try {
    const problem: unknown = JSON.parse(body);
    return new ApiError(status, typeof problem === 'object' && problem ? problem : {});
  } catch {
    return new ApiError(status, {});
  }
}

function fallbackTitle(status: number): string {
  if (status === 0) return 'FlixTube cannot be reached';
  return status >= 500 ? 'FlixTube has a problem' : 'That did not work';
}

function fallbackDetail(status: number): string {
  if (status === 0) return 'Check your connection.';
  if (status >= 500) return 'Something broke on our side. Please try again in a moment.';
  return `The server refused the request (status ${status}).`;
}
