import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SourceBlocks, type SourceBlocksOptions } from '../src/adapters/source-blocks.ts';

const bytes = randomBytes(1_000);
const source = {
  key: 'videos/v/source',
  contentType: 'video/mp4',
  sizeBytes: bytes.length,
  sha256: createHash('sha256').update(bytes).digest('hex'),
};
const never = new AbortController().signal;

let folder: string;
let fetched: string[];
let blocks: SourceBlocks;
const fetchBytes: SourceBlocksOptions['fetch'] = async (_source, { start, end }) => {
  fetched.push(`${start}-${end}`);
  return Readable.from([bytes.subarray(start, end + 1)]);
};
const create = (changed: Partial<SourceBlocksOptions> = {}) => {
  blocks = new SourceBlocks({ folder, mostBytes: 1_000, blockBytes: 100, fetch: fetchBytes, ...changed });
};
const read = (start: number, end: number, signal = never) => buffer(blocks.read(source, { start, end }, signal));

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flixtube-blocks-'));
  fetched = [];
});
afterEach(async () => {
  blocks.close();
  await rm(folder, { recursive: true, force: true });
});

describe('blocks of uploaded files', () => {
  it.each([
    [0, 999],
    [0, 0],
    [99, 100],
    [250, 849],
    [999, 999],
  ])('when bytes %i to %i are read, then it is these, whatever blocks they lie in', async (start, end) => {
    create();
    expect(await read(start, end)).toEqual(bytes.subarray(start, end + 1));
  });

  it('when ranges are read again and at the same time, then each block is fetched once', async () => {
    create();
    await Promise.all([read(0, 499), read(150, 999), read(0, 999)]);
    await read(0, 999);
    expect(fetched.toSorted()).toHaveLength(10);
  });

  it('when there is room for two blocks, then all bytes are right, also those of blocks that are let go of meanwhile', async () => {
    create({ mostBytes: 200 });
    const whole = await Promise.all([read(0, 999), read(500, 999), read(300, 399), read(0, 999)]);
    expect(whole).toEqual([bytes, bytes.subarray(500), bytes.subarray(300, 400), bytes]);
    await read(0, 99);
    expect(fetched.filter((range) => range === '0-99').length).toBeGreaterThan(1);
  });

  it('when nobody reads them for a time, then they are let go of', async () => {
    create({ idleMs: 20 });
    await read(0, 99);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await read(0, 99);
    expect(fetched).toHaveLength(2);
  });

  it('when they are kept, then they have no names in the folder, which a killed worker would leave behind', async () => {
    create();
    await read(0, 999);
    expect(await readdir(folder)).toEqual([]);
  });

  it('when the folder was cleared, then they are read on', async () => {
    create();
    await read(0, 99);
    await rm(folder, { recursive: true });
    expect(await read(0, 999)).toEqual(bytes);
  });

  it('when a fetch breaks off, then the reader is told that it may go another time, and the next one fetches anew', async () => {
    let isBroken = true;
    create({
      async fetch(of, range, signal) {
        if (!isBroken) return fetchBytes(of, range, signal);
        return Readable.from(
          (async function* () {
            yield bytes.subarray(range.start, range.start + 10);
            throw new Error('reset');
          })(),
        );
      },
    });
    await expect(read(0, 99)).rejects.toMatchObject({ kind: 'unavailable' });
    isBroken = false;
    expect(await read(0, 99)).toEqual(bytes.subarray(0, 100));
  });

  it('when fewer bytes come than were asked for, then none of them is given', async () => {
    create({ fetch: async () => Readable.from([bytes.subarray(0, 10)]) });
    await expect(read(0, 99)).rejects.toMatchObject({ kind: 'unavailable' });
  });

  it('when there is no place for temporary files, then that is said, and is no fault of the file', async () => {
    const file = join(folder, 'in the way');
    await writeFile(file, '');
    create({ folder: file });
    await expect(read(0, 99)).rejects.toMatchObject({
      kind: 'unavailable',
      message: expect.stringContaining('no room'),
    });
  });

  it('when a reader leaves, then others read on', async () => {
    create();
    const leaving = new AbortController();
    const other = read(0, 999);
    const left = read(0, 999, leaving.signal);
    leaving.abort();
    await expect(left).rejects.toThrow();
    expect(await other).toEqual(bytes);
  });
});
