import { setTimeout as pause } from 'node:timers/promises';
import { getHeapStatistics } from 'node:v8';
import { describe, expect, it } from '@jest/globals';
import { bufferCollection } from './buffer-collection.ts';

const mebibyte = 2 ** 20;
const inUse = 8 * mebibyte;
const chunkBytes = 2 ** 16;

/** As bytes that stream through a process: each buffer is in use for a while, and then by nobody. The most that lay about. */
async function streamThrough(bytes: number): Promise<number> {
  const before = getHeapStatistics().external_memory;
  const used: Buffer[] = Array.from({ length: inUse / chunkBytes });
  let most = 0;
  for (let n = 0; n < bytes / chunkBytes; n += 1) {
    used[n % used.length] = Buffer.alloc(chunkBytes);
    // 32 MiB a second.
    if (n % 64 === 0) await pause(125);
    most = Math.max(most, getHeapStatistics().external_memory - before);
  }
  return most;
}

describe('a collection of buffers', () => {
  it('keeps what nobody uses any more small, while far more streams through', async () => {
    const collection = bufferCollection();
    await collection.start();
    try {
      // In use, let lie, and what comes between two looks on a busy machine. V8 by itself comes to 76 MiB.
      expect(await streamThrough(160 * mebibyte)).toBeLessThan(inUse + (16 + 24) * mebibyte);
    } finally {
      await collection.stop();
    }
  });
});
