import { expect, it } from '@jest/globals';
import { newId, timeOf } from './ids.ts';

it('newId gives UUIDv7s that sort by the order they were made in, when many are made in a millisecond', () => {
  const ids = Array.from({ length: 5_000 }, newId);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(ids).toEqual(ids.toSorted());
  expect(new Set(ids).size).toBe(ids.length);
});

it('timeOf gives when an id was made', () => {
  expect(timeOf('017f22e2-79b0-7cc3-98c4-dc0c0c07398f').toISOString()).toBe('2022-02-22T19:22:22.000Z');
  expect(Math.abs(timeOf(newId()).getTime() - Date.now())).toBeLessThan(1_000);
});
