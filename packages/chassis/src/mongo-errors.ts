import { DomainError } from './errors.ts';

// By name and code instead of by class: services without a database read this too and should not load a driver for it.
const transientNames = new Set([
  'MongoNetworkError',
  'MongoNetworkTimeoutError',
  'MongoServerSelectionError',
  'MongoNotConnectedError',
  'MongoPoolClearedError',
  'PoolClearedOnNetworkError',
  'MongoPoolClosedError',
  'MongoTopologyClosedError',
  'MongoClientClosedError',
  'MongoServerClosedError',
  'MongoStalePrimaryError',
  'MongoWaitQueueTimeoutError',
  'MongoOperationTimeoutError',
]);

// The server's codes for "not now": HostUnreachable, HostNotFound, CursorNotFound, MaxTimeMSExpired, NetworkTimeout,
// ShutdownInProgress, FailedToSatisfyReadPreference, ReadConcernMajorityNotAvailableYet, PrimarySteppedDown,
// ExceededTimeLimit, SocketException, NotWritablePrimary, the Interrupted ones, NotPrimaryNoSecondaryOk,
// NotPrimaryOrSecondary.
const transientCodes = new Set([6, 7, 43, 50, 89, 91, 133, 134, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436]);

/** Errors of the MongoDB driver that mean "not now" as DomainError 'unavailable'; anything else as it is. */
export function mapMongoError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof DomainError || !isNotNow(error)) return error;
  return new DomainError('unavailable', 'The database cannot be reached at the moment. Please try again shortly.', {
    cause: error,
    retryAfterSeconds: 5,
  });
}

function isNotNow(error: Error): boolean {
  if (!error.name.startsWith('Mongo') && !transientNames.has(error.name)) return false;
  const { code, errorResponse } = error as { code?: unknown; errorResponse?: unknown };
  // A MongoBulkWriteError wraps whatever went wrong, the network too, and keeps that here.
  if (errorResponse instanceof Error) return isNotNow(errorResponse);
  return transientNames.has(error.name) || (typeof code === 'number' && transientCodes.has(code));
}

/** Whether a unique index refused a write. */
export function isDuplicateKey(error: unknown): boolean {
  return error instanceof Error && error.name.startsWith('Mongo') && (error as { code?: unknown }).code === 11000;
}
