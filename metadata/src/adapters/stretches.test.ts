import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FirstPages, readAfter, type Stretch } from './stretches.ts';

/** A list of keys, greatest first, and the stretches that were read of it with how many keys each gave. */
function listOf(keys: number[]) {
  const sorted = [...keys].sort((a, b) => b - a);
  const reads: (Stretch & { inStretch: number })[] = [];
  return {
    sorted,
    reads,
    read: async ({ from = -1, below = Infinity }: Stretch, most: number) => {
      const inStretch = sorted.filter((key) => key >= from && key < below);
      reads.push({ from, below, inStretch: inStretch.length });
      return inStretch.slice(0, most);
    },
  };
}

const keyLists = fc.array(
  fc.oneof(fc.nat(100), fc.double({ min: 0, max: 1e13, noNaN: true }), fc.double({ min: 0, max: 1e-280, noNaN: true })),
);

const descending = keyLists.map((keys) => keys.sort((a, b) => b - a));

describe('reading after a page', () => {
  it('gives what follows, in order, whatever the keys and the span are', async () => {
    await fc.assert(
      fc.asyncProperty(
        keyLists,
        fc.double({ min: 0, max: 1e13, noNaN: true }),
        fc.oneof(fc.constant(0), fc.double({ min: 0, noNaN: true })),
        fc.integer({ min: 1, max: 20 }),
        async (keys, key, span, count) => {
          const list = listOf(keys);
          const expected = list.sorted.filter((one) => one < key).slice(0, count);
          expect(await readAfter({ key, span }, count, list.read)).toEqual(expected);
          expect(list.reads.length).toBeLessThanOrEqual(4);
        },
      ),
    );
  });

  it.each([
    ['times', (n: number) => Date.UTC(2026, 0, 1) - n * 60_000],
    ['times that lie close together', (n: number) => Date.UTC(2026, 0, 1) - n],
    ['counts, of which few are large', (n: number) => 1e6 / (n + 1)],
    ['scores that decay', (n: number) => 2 ** (-n / 50 - 500)],
  ])('reads a few pages of a long list of %s, not the list', async (_, keyOf) => {
    const list = listOf(Array.from({ length: 10_000 }, (_, n) => keyOf(n)));
    for (let page = 1; page < 300; page++) {
      list.reads.length = 0;
      const [first, last] = [keyOf(25 * (page - 1)), keyOf(25 * page - 1)];
      const found = await readAfter({ key: last, span: first - last }, 26, list.read);
      expect(found).toEqual(list.sorted.slice(25 * page, 25 * page + 26));
      expect(list.reads.reduce((sum, { inStretch }) => sum + inStretch, 0)).toBeLessThan(600);
    }
  });
});

describe('reading first pages', () => {
  it('gives the greatest, in order, however the list changes between', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(keyLists, fc.integer({ min: 1, max: 20 })), { maxLength: 5 }),
        descending,
        async (lists, guesses) => {
          const firstPages = new FirstPages();
          for (const [keys, count] of lists) {
            const list = listOf(keys);
            expect(await firstPages.read('list', count, guesses, (key) => key, list.read)).toEqual(
              list.sorted.slice(0, count),
            );
          }
        },
      ),
    );
  });

  it('reads about a page the second time', async () => {
    const list = listOf(Array.from({ length: 10_000 }, (_, n) => n));
    const firstPages = new FirstPages();
    await firstPages.read('list', 25, [], (key) => key, list.read);
    await firstPages.read('list', 25, [], (key) => key, list.read);
    await firstPages.read('another list', 25, [], (key) => key, list.read);
    expect(list.reads.map(({ inStretch }) => inStretch)).toEqual([10_000, 25, 10_000]);
  });

  it('tries the guesses the first time, from the top', async () => {
    const list = listOf(Array.from({ length: 10_000 }, (_, n) => n));
    const firstPages = new FirstPages();
    const page = await firstPages.read('list', 25, [20_000, 9_990, 9_900, 5_000], (key) => key, list.read);
    expect(page).toEqual(list.sorted.slice(0, 25));
    expect(list.reads.map(({ inStretch }) => inStretch)).toEqual([0, 10, 90]);
  });

  it('reads a long list whole once, when many ask for it at once', async () => {
    const list = listOf(Array.from({ length: 10_000 }, (_, n) => n));
    const firstPages = new FirstPages();
    const pages = await Promise.all(
      Array.from({ length: 5 }, () => firstPages.read('list', 25, [], (key) => key, list.read)),
    );
    expect(pages.every((page) => page[0] === 9_999 && page.length === 25)).toBe(true);
    expect(list.reads.map(({ inStretch }) => inStretch)).toEqual([10_000, 25, 25, 25, 25]);
  });

  it('goes on after a read that failed', async () => {
    const firstPages = new FirstPages();
    const fail = async () => {
      throw new Error('not now');
    };
    const failing = [1, 2].map(() =>
      firstPages.read('list', 1, [], Number, fail).catch((error: Error) => error.message),
    );
    expect(await Promise.all(failing)).toEqual(['not now', 'not now']);
    expect(await firstPages.read('list', 1, [], Number, async () => [7])).toEqual([7]);
  });
});
