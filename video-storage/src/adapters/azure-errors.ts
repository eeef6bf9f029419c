import { RestError } from '@azure/storage-blob';
import { DomainError } from '@flixtube/chassis/errors';

/** Azure's own name of what went wrong, such as BlobAlreadyExists; a HEAD has it in a header only. */
export function azureCode(error: unknown): string | undefined {
  if (!(error instanceof RestError)) return undefined;
  return error.response?.headers.get('x-ms-error-code') ?? error.code;
}

/** Whether there is no such blob; a container that is missing is another matter, and a failure. */
export function isBlobMissing(error: unknown): boolean {
  return error instanceof RestError && error.statusCode === 404 && azureCode(error) !== 'ContainerNotFound';
}

/**
 * Runs calls to Azure for at most `ms`, retries included. Whatever fails becomes a DomainError 'unavailable', except for
 * what `expected` makes an error of its own of.
 */
export async function withAzure<T>(
  o: { ms: number; signal?: AbortSignal; expected?: (error: unknown) => Error | undefined },
  call: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const overdue = new AbortController();
  const timer = setTimeout(() => overdue.abort(), o.ms);
  const signal = o.signal === undefined ? overdue.signal : AbortSignal.any([o.signal, overdue.signal]);
  try {
    return await call(signal).catch((error: unknown) => {
      if (signal.aborted || !isBrokenAnswer(error)) throw error;
      return call(signal);
    });
  } catch (error) {
    if (o.signal?.aborted) throw error;
    throw o.expected?.(error) ?? unavailable(overdue.signal.aborted ? new Error(`No answer within ${o.ms} ms`) : error);
  } finally {
    clearTimeout(timer);
  }
}

/** An answer that broke off in its middle, which the library does not ask for again; all our calls may be repeated. */
function isBrokenAnswer(error: unknown): boolean {
  return error instanceof RestError && error.code === 'PARSE_ERROR';
}

function unavailable(cause: unknown): DomainError {
  return new DomainError('unavailable', 'The file store cannot be used right now. Please try again in a moment.', {
    cause: cause instanceof RestError ? withoutRequest(cause) : cause,
    retryAfterSeconds: 2,
  });
}

/** A RestError holds the whole request, its signature and the answer; the log needs its words. */
function withoutRequest(error: RestError): Error {
  const code = [error.statusCode, azureCode(error)].filter((part) => part !== undefined).join(' ');
  return Object.assign(new Error(`Azure Blob: ${code} ${error.message.split('\n', 1)[0]}`), { code: error.code });
}
