import { expect, it } from '@jest/globals';
import { DomainError, type ErrorKind, isTransient } from './errors.ts';
import { statusOfKind } from './http/problem.ts';

it('isTransient says yes, when the failure lies behind us and may pass, and no for all else', () => {
  const kinds = Object.keys(statusOfKind) as ErrorKind[];
  const transient = kinds.filter((kind) => isTransient(new DomainError(kind, 'It is so.')));
  expect(transient).toEqual(['bad-neighbour', 'unavailable', 'timeout']);
  expect(isTransient(new Error('connect ECONNREFUSED'))).toBe(false);
  expect(isTransient(undefined)).toBe(false);
});

it('every kind of error has a status of its own, so that a neighbour’s status gives its kind back', () => {
  const statuses = Object.values(statusOfKind);
  expect(new Set(statuses).size).toBe(statuses.length);
});
