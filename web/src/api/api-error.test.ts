import { describe, expect, it } from '@jest/globals';
import { ApiError, errorFrom, unreachable } from './api-error.ts';

describe('errorFrom', () => {
  it('when the body is problem+json, then its detail, fields and trace are kept', () => {
    const body = JSON.stringify({
      title: 'Invalid',
      status: 400,
      detail: 'The title must not be empty.',
      traceId: 'abc',
      errors: [{ path: 'title', message: 'must not be empty' }],
    });
    const error = errorFrom(400, 'application/problem+json; charset=utf-8', body);
    expect(error).toMatchObject({
      status: 400,
      title: 'Invalid',
      message: 'The title must not be empty.',
      traceId: 'abc',
      fields: [{ path: 'title', message: 'must not be empty' }],
    });
  });

  it.each([
    ['a page of HTML', 'text/html', '<h1>502 Bad Gateway</h1>'],
    ['cut JSON', 'application/problem+json', '{"detail": "Some'],
    ['JSON that is not an object', 'application/json', 'null'],
    ['nothing', null, ''],
  ])('when the body is %s, then a sentence of our own stands in', (_what, contentType, body) => {
    const error = errorFrom(502, contentType, body);
    expect(error.message).toBe('Something broke on our side. Please try again in a moment.');
    expect(error.fields).toEqual([]);
  });
});

describe('ApiError', () => {
  it('when nobody answered or somebody was not ready, then it is transient; when the request was wrong, not', () => {
    expect(unreachable().transient).toBe(true);
    expect(new ApiError(503, {}).transient).toBe(true);
    expect(new ApiError(429, {}).transient).toBe(true);
    expect(new ApiError(404, {}).transient).toBe(false);
    expect(new ApiError(412, {}).transient).toBe(false);
  });

  it('when an id cannot be one, then it counts as not found; when another field is wrong, not', () => {
    expect(new ApiError(400, { errors: [{ path: 'id', message: 'must be a UUIDv7' }] }).notFound).toBe(true);
    expect(new ApiError(400, { errors: [{ path: 'title', message: 'must not be empty' }] }).notFound).toBe(false);
  });
});
