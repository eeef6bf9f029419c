import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type ByteRange, readConsecutively } from './consecutive-read.ts';

const content = randomBytes(5000);
const never = new AbortController().signal;
const contentOf = async ({ start, end }: ByteRange) =>
  Readable.from([content.subarray(start, end + 1)], { objectMode: false });

describe('a range that is read in windows', () => {
  it('gives just its bytes, and reads none twice', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(4999), fc.nat(4999), fc.integer({ min: 1, max: 6000 }), async (a, b, windowBytes) => {
        const range = { start: Math.min(a, b), end: Math.max(a, b) };
        const windows: ByteRange[] = [];
        const open = (window: ByteRange) => {
          windows.push(window);
          return contentOf(window);
        };
        const stream = await readConsecutively(range, windowBytes, open, never);
        expect((await buffer(stream)).equals(content.subarray(range.start, range.end + 1))).toBe(true);
        const length = range.end - range.start + 1;
        expect(windows).toHaveLength(Math.ceil(length / windowBytes));
        expect(windows.reduce((sum, { start, end }) => sum + end - start + 1, 0)).toBe(length);
      }),
    );
  });

  it('opens a window only when the one before has been taken', async () => {
    let opened = 0;
    const open = async ({ start, end }: ByteRange) => {
      opened += 1;
      return Readable.from([Buffer.alloc(end - start + 1)], { objectMode: false });
    };
    const stream = await readConsecutively({ start: 0, end: 10_000_000 - 1 }, 1_000_000, open, never);
    await once(stream, 'readable');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(opened).toBe(1);
    stream.destroy();
  });

  it('rejects when the first cannot be opened, and fails when a later one cannot', async () => {
    const refuse = async () => {
      throw new Error('gone');
    };
    await expect(readConsecutively({ start: 0, end: 99 }, 10, refuse, never)).rejects.toThrow('gone');
    const later = (window: ByteRange) => (window.start === 0 ? contentOf(window) : refuse());
    const stream = await readConsecutively({ start: 0, end: 99 }, 10, later, never);
    await expect(buffer(stream)).rejects.toThrow('gone');
  });

  it.each([
    ['fails', (source: Readable) => source.destroy(new Error('broken'))],
    ['is closed', (source: Readable) => source.destroy()],
  ])('fails when a window %s in the middle', async (_, end) => {
    const open = async () => {
      const source = new Readable({ read() {} });
      source.push(Buffer.alloc(5));
      setImmediate(() => end(source));
      return source;
    };
    await expect(buffer(await readConsecutively({ start: 0, end: 99 }, 10, open, never))).rejects.toThrow();
  });

  it('destroyed, it lets go of its window at once, also of one that is only being opened', async () => {
    const sources: Readable[] = [];
    let signal: AbortSignal | undefined;
    let deliver: (source: Readable) => void = () => undefined;
    const open = async (window: ByteRange, given: AbortSignal) => {
      signal = given;
      const source =
        window.start === 0 ? await contentOf(window) : await new Promise<Readable>((resolve) => (deliver = resolve));
      sources.push(source);
      return source;
    };
    const stream = await readConsecutively({ start: 0, end: 99 }, 10, open, never);
    stream.resume();
    await once(sources[0] as Readable, 'end');
    stream.destroy();
    await once(stream, 'close');
    expect(signal?.aborted).toBe(true);
    const late = new Readable({ read() {} });
    deliver(late);
    await once(late, 'close');
    expect(sources.every((source) => source.destroyed)).toBe(true);
  });
});
