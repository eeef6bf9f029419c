import { describe, expect, it } from '@jest/globals';
import {
  MongoBulkWriteError,
  MongoClientClosedError,
  MongoNetworkError,
  MongoNetworkTimeoutError,
  MongoNotConnectedError,
  MongoOperationTimeoutError,
  MongoServerError,
  MongoTopologyClosedError,
} from 'mongodb';
import { DomainError, isTransient } from './errors.ts';
import { isDuplicateKey, mapMongoError } from './mongo-errors.ts';

const serverError = (code: number) => new MongoServerError({ message: 'refused', code });

describe('mapMongoError', () => {
  it.each([
    ['a broken connection', new MongoNetworkError('connection 3 to 10.0.0.1:27017 closed')],
    ['a network that is silent', new MongoNetworkTimeoutError('timed out')],
    // The driver makes one of them of whatever breaks a bulk write off.
    ['a bulk write cut off', new MongoBulkWriteError(new MongoNetworkError('closed') as never, {} as never)],
    ['no connection', new MongoNotConnectedError('not connected')],
    ['a closed topology', new MongoTopologyClosedError('closed')],
    ['a closed client', new MongoClientClosedError()],
    ['an operation out of time', new MongoOperationTimeoutError('late')],
    ['a server that is no primary any more', serverError(10107)],
    ['a server that shuts down', serverError(91)],
    ['a query out of time', serverError(50)],
  ])('when it is %s, then it is unavailable, in words for a person', (_, error) => {
    const mapped = mapMongoError(error);

    expect(isTransient(mapped)).toBe(true);
    expect(mapped).toMatchObject({
      kind: 'unavailable',
      detail: 'The database cannot be reached at the moment. Please try again shortly.',
      cause: error,
    });
  });

  it.each([
    ['a duplicate key', serverError(11000)],
    ['a command that nobody knows', serverError(59)],
    ['an error of our own', new TypeError('x is undefined')],
    ['a domain error', new DomainError('not-found', 'There is no such thing.')],
    ['no error at all', 'text'],
  ])('when it is %s, then it stays as it is', (_, error) => {
    expect(mapMongoError(error)).toBe(error);
  });
});

describe('isDuplicateKey', () => {
  it('when a unique index refused, then true, and false for anything else', () => {
    expect(isDuplicateKey(serverError(11000))).toBe(true);
    expect(isDuplicateKey(serverError(59))).toBe(false);
    expect(isDuplicateKey(Object.assign(new Error('x'), { code: 11000 }))).toBe(false);
    expect(isDuplicateKey(undefined)).toBe(false);
  });
});
