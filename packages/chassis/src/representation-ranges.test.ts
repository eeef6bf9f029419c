import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  contentRangeOf,
  partsOf,
  patterned,
  type RepresentationServer,
  representationOf,
  representationServer,
} from '../tests/support/representation-server.ts';
import { MAX_PARTS } from './representation-ranges.ts';

let server: RepresentationServer;
beforeAll(async () => {
  server = await representationServer(representationOf(Buffer.alloc(0)));
});
afterAll(() => server.close());

/** A range as a client means it: from, up to; either may be left out. */
type Wish = { first: number; last?: number } | { suffix: number };

const most = 6000;
const wish: fc.Arbitrary<Wish> = fc.oneof(
  fc.tuple(fc.nat(most + 100), fc.nat(300)).map(([first, length]) => ({ first, last: first + length })),
  fc.record({ first: fc.nat(most + 100) }),
  fc.record({ suffix: fc.oneof(fc.nat(20), fc.nat(most + 100)) }),
);
const sizes = fc.oneof(fc.constantFrom(0, 1, 2), fc.nat(most));
const separators = fc.constantFrom(',', ', ', ' ,\t', ',,', ' , , ');

/** The positions that a wish means, found byte by byte and so by other means than the code under test. */
function meant(wish: Wish, sizeBytes: number): number[] {
  return Array.from({ length: sizeBytes }, (_, at) => at).filter((at) =>
    'suffix' in wish
      ? at >= sizeBytes - wish.suffix
      : at >= wish.first && at <= (wish.last ?? Number.POSITIVE_INFINITY),
  );
}

function fieldOf(wishes: Wish[], separator: string): string {
  const specs = wishes.map((wish) => ('suffix' in wish ? `-${wish.suffix}` : `${wish.first}-${wish.last ?? ''}`));
  return `bytes=${specs.join(separator)}`;
}

describe('any list of ranges, over any size', () => {
  it('gets each byte that was asked for, once and right, in the order asked for, and little else', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, fc.array(wish, { minLength: 1, maxLength: 24 }), separators, async (size, wishes, by) => {
        const content = patterned(size);
        server.serve(representationOf(content));
        server.reads.length = 0;
        const wanted = wishes.map((wish) => meant(wish, size)).filter((positions) => positions.length > 0);
        const answer = await server.ask({ range: fieldOf(wishes, by) });

        if (size === 0) return expect(answer.status).toBe(200);
        if (answer.status === 416) {
          if (wanted.length > 0) expect(islands(wanted.flat(), size)).toBeGreaterThan(MAX_PARTS);
          expect(answer.headers['content-range']).toBe(`bytes */${size}`);
          return expect(server.reads).toEqual([]);
        }
        expect(answer.status).toBe(206);
        expect(wanted.length).toBeGreaterThan(0);
        expect(answer.body.length).toBe(Number(answer.headers['content-length']));
        const parts = answer.headers['content-range'] === undefined ? partsOf(answer) : [whole(answer)];

        const times = new Uint8Array(size);
        for (const part of parts) {
          expect(part.sizeBytes).toBe(size);
          expect(part.body.equals(content.subarray(part.start, part.end + 1))).toBe(true);
          for (let at = part.start; at <= part.end; at += 1) times[at] = (times[at] ?? 0) + 1;
        }
        expect(Math.max(...times)).toBe(1);
        expect(wanted.flat().every((at) => times[at] === 1)).toBe(true);
        // §15.3.7.2: in the order of the first wish that each part answers.
        const firstWish = parts.map((part) => wanted.findIndex(([at = -1]) => part.start <= at && at <= part.end));
        expect(firstWish).toEqual(firstWish.toSorted((a, b) => a - b));
        // What is sent besides is never more than further parts would have cost.
        expect(answer.body.length).toBeLessThanOrEqual(size + parts.length * 200);
        expect(server.reads).toEqual(parts.map(({ start, end }) => ({ start, end })));
        expect(parts.length).toBeLessThanOrEqual(Math.min(MAX_PARTS, wanted.length));
        if (wishes.length === 1) expect(answer.headers['content-range']).toBeDefined();
      }),
      { numRuns: 400 },
    );
  });

  it('whatever stands in the fields, the answer is one of RFC 9110 and never an error of ours', async () => {
    const content = patterned(1000);
    server.serve(representationOf(content));
    const piece = fc.constantFrom(
      'bytes',
      '=',
      '-',
      ',',
      ' ',
      '0',
      '1',
      '999',
      '1000',
      '"tag"',
      'W/',
      '*',
      '"',
      'x',
      '\t',
      '9'.repeat(30),
    );
    const field = fc.array(piece, { minLength: 1, maxLength: 12 }).map((pieces) => pieces.join('').trim());
    const fields = fc.record(
      { range: field.map((text) => `bytes=${text}`), 'if-range': field, 'if-match': field, 'if-none-match': field },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(fields, async (headers) => {
        const { status, body } = await server.ask(headers as Record<string, string>);
        expect([200, 206, 304, 412, 416]).toContain(status);
        if (status === 200) expect(body.equals(content)).toBe(true);
      }),
      { numRuns: 400 },
    );
  });
});

/** How many runs of bytes there are that a gap of 64 or more lies between: a part costs more than that. */
function islands(positions: number[], sizeBytes: number): number {
  const wanted = new Set(positions);
  let count = 0;
  let last = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < sizeBytes; at += 1) {
    if (!wanted.has(at)) continue;
    if (at - last > 64) count += 1;
    last = at;
  }
  return count;
}

function whole({ headers, body }: Parameters<typeof partsOf>[0]) {
  const [start, end, sizeBytes] = contentRangeOf(headers);
  return { start, end, sizeBytes, body };
}
