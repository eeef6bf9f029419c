import { RestError } from '@azure/storage-blob';
import { DomainError } from '@flixtube/chassis/errors';

/** Azure's status for an operation that failed; undefined when there was no answer. */
export function statusOf(error: unknown): number | undefined {
  return error instanceof RestError ? error.statusCode : undefined;
}

/** What an error of the SDK means for the domain; one of our own, or an abort, stays what it is. */
export function translated(error: unknown): unknown {
  if (error instanceof DomainError || (error instanceof Error && error.name === 'AbortError')) return error;
  const status = statusOf(error);
  if (status === 404) return new DomainError('not-found', 'There is no such object.', { cause: error });
  if (error instanceof RestError && (status === undefined || status === 429 || status >= 500)) {
    return new DomainError(
      'unavailable',
      'The store of videos is not reachable right now. Please try again in a moment.',
      {
        cause: error,
        retryAfterSeconds: 2,
      },
    );
  }
  return error;
}

/** Runs an adapter's work on Azure, its errors translated. */
export async function withAzure<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw translated(error);
  }
}
