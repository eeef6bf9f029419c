import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Collection } from 'mongodb';
import { type TestDatabase, testDatabase } from '../src/testing.ts';

interface Counted {
  _id: string;
  count: number;
  words: string[];
}

const words = Array.from({ length: 50 }, (_, number) => `word ${number}`);
let database: TestDatabase;
let sizes: Record<'few' | 'many', Collection<Counted>>;
beforeAll(async () => {
  database = await testDatabase();
  sizes = { few: database.db.collection('few'), many: database.db.collection('many') };
  const documents = Array.from({ length: 3_000 }, (_, number) => ({ _id: `number ${number}`, count: 0, words }));
  await sizes.few.insertMany(documents.slice(0, 10));
  await sizes.many.insertMany(documents);
}, 60_000);
afterAll(() => database?.close());

it('an update by _id and a condition costs among 3,000 documents not much more than among ten', async () => {
  const costs = { few: [] as number[], many: [] as number[] };
  for (let round = 0; round < 30; round += 1) {
    for (const size of ['few', 'many'] as const) {
      const begun = performance.now();
      const filter = { _id: `number ${round % 10}`, count: { $gte: 0 } };
      const { modifiedCount } = await sizes[size].updateOne(filter, { $inc: { count: 1 } });
      costs[size].push(performance.now() - begun);
      expect(modifiedCount).toBe(1);
    }
  }
  const median = (all: number[]) => all.toSorted((a, b) => a - b)[all.length / 2] ?? 0;
  expect(median(costs.many) / median(costs.few)).toBeLessThan(4);
}, 60_000);
