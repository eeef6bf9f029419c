import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Collection } from 'mongodb';
import { type TestDatabase, testDatabase } from '../src/testing.ts';

interface Counted {
  _id: number;
  count: number;
}

let database: TestDatabase;
let documents: Collection<Counted>;
beforeAll(async () => {
  database = await testDatabase();
  documents = database.db.collection('counted');
  await documents.insertMany(Array.from({ length: 1_000 }, (_, number) => ({ _id: number, count: 0 })));
}, 60_000);
afterAll(() => database?.close());

it('an update by _id and a condition costs not much more than one by _id alone, among 1,000 documents', async () => {
  const costs = { alone: [] as number[], conditional: [] as number[] };
  for (let number = 0; number < 40; number += 1) {
    for (const [kind, filter] of [
      ['alone', { _id: number }],
      ['conditional', { _id: number, count: 1 }],
    ] as const) {
      const begun = performance.now();
      const { modifiedCount } = await documents.updateOne(filter, { $inc: { count: 1 } });
      costs[kind].push(performance.now() - begun);
      expect(modifiedCount).toBe(1);
    }
  }
  const median = (all: number[]) => all.toSorted((a, b) => a - b)[all.length / 2] ?? 0;
  expect(median(costs.conditional) / median(costs.alone)).toBeLessThan(6);
}, 60_000);
