import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { fakeClip } from './clips.ts';

const MiB = 2 ** 20;
/** How far apart the marks are that make each place of the file differ from every other. */
const markEvery = 4096;

/**
 * A file too large to be held: begins like an MP4, and each of its bytes can be told from its place, so that any part
 * of it can be made again to compare with. A MiB of noise over and over, with the place written into it every 4 KiB.
 */
export class LargeClip {
  readonly sizeBytes: number;
  /** In lower-case hexadecimal, once the whole of `stream` has been read. */
  sha256: string | undefined;
  readonly #noise = Buffer.from(fakeClip(MiB, 7));

  /** @param sizeBytes a whole number of MiB */
  constructor(sizeBytes: number) {
    this.sizeBytes = sizeBytes;
  }

  /** All of it, made while it is read: one MiB at a time. */
  stream(): Readable {
    return Readable.from(this.#all(), { objectMode: false });
  }

  /** What belongs at `start`, `length` bytes of it. */
  part(start: number, length: number): Buffer {
    const first = Math.floor(start / MiB);
    const last = Math.floor((start + length - 1) / MiB);
    const whole = Buffer.concat(Array.from({ length: last - first + 1 }, (_, n) => this.#mebibyte(first + n)));
    return whole.subarray(start - first * MiB, start - first * MiB + length);
  }

  async *#all(): AsyncGenerator<Uint8Array> {
    const hash = createHash('sha256');
    for (let index = 0; index < this.sizeBytes / MiB; index += 1) {
      const bytes = this.#mebibyte(index);
      hash.update(bytes);
      yield bytes;
    }
    this.sha256 = hash.digest('hex');
  }

  #mebibyte(index: number): Buffer {
    const bytes = Buffer.from(this.#noise);
    // Not over the file's first bytes, which say that it is an MP4.
    for (let at = 64; at < MiB; at += markEvery) bytes.writeDoubleBE(index * MiB + at, at);
    return bytes;
  }
}
