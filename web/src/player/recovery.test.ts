import { describe, expect, it } from '@jest/globals';
import { ApiError, unreachable } from '../api/api-error.ts';
import { MediaErrorCode, retryDelay, troubleOf } from './recovery.ts';

describe('troubleOf', () => {
  it.each([
    ['the network broke', MediaErrorCode.network, null, 'connection'],
    ['the file could not be begun since the server is away', MediaErrorCode.notSupported, unreachable(), 'connection'],
    [
      'the file could not be begun since it is not ready',
      MediaErrorCode.notSupported,
      new ApiError(503, {}),
      'connection',
    ],
    ['the file could not be begun though it comes', MediaErrorCode.notSupported, null, 'format'],
    ['the file is not there', MediaErrorCode.notSupported, new ApiError(404, {}), 'refused'],
    ['the file vanished while playing', MediaErrorCode.network, new ApiError(404, {}), 'refused'],
    ['the bytes make no picture', MediaErrorCode.decode, null, 'format'],
  ])('when %s, then it is a matter of %4$s', (_what, code, refusal, kind) => {
    expect(troubleOf(code, refusal).kind).toBe(kind);
  });

  it('when the server says why, then that is what the viewer reads', () => {
    expect(troubleOf(4, new ApiError(404, { detail: 'There is no such video.' })).detail).toBe(
      'There is no such video.',
    );
  });
});

describe('retryDelay', () => {
  it('when tries are in vain, then waits longer each time, and stops after about a minute', () => {
    const delays = Array.from({ length: 6 }, (_, tries) => retryDelay(tries));
    expect(delays).toEqual([...delays].sort((a, b) => Number(a) - Number(b)));
    expect(retryDelay(6)).toBeNull();
  });
});
