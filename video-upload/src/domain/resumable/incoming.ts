import { createHash, type Hash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { beyondLength } from './refusals.ts';
import type { RunningSha256 } from './running-sha256.ts';

/** How long a block waits for a sender who pauses, in milliseconds, before what there is of it is stored. */
const PAUSE_MS = 4_000;

export interface IncomingOptions {
  body: AsyncIterable<Buffer>;
  offset: number;
  lengthBytes: number;
  sha256: RunningSha256;
  /** `sha1`, `sha256` or `md5` of this body is wanted. */
  checksum: string | undefined;
}

/**
 * The bytes of one PATCH: handed out in pieces of the size that is asked for, counted, hashed as they are handed out, and
 * refused beyond the end of the file. A body that is cut ends like any other, and says so in `broken`.
 */
export class Incoming {
  readonly #chunks: AsyncIterator<Buffer>;
  readonly #lengthBytes: number;
  readonly #sha256: RunningSha256;
  readonly #checksum: Hash | undefined;
  #next: Promise<IteratorResult<Buffer>> | undefined;
  #rest: Buffer = Buffer.alloc(0);
  #offset: number;
  #ended = false;
  #isCut = false;
  /** Ends the wait for more. */
  #stopWaiting: () => void = () => undefined;
  /** What the body was cut with. */
  broken: { error: unknown } | undefined;
  /** When a byte last came, as performance.now() has it. */
  lastByteAt = performance.now();
  /** Whether we are waiting for the sender. */
  waiting = false;

  constructor({ body, offset, lengthBytes, sha256, checksum }: IncomingOptions) {
    this.#chunks = body[Symbol.asyncIterator]();
    this.#offset = offset;
    this.#lengthBytes = lengthBytes;
    this.#sha256 = sha256;
    this.#checksum = checksum === undefined ? undefined : createHash(checksum);
  }

  /** Where in the file the next byte belongs. */
  get offset(): number {
    return this.#offset;
  }

  get isWhole(): boolean {
    return this.#offset === this.#lengthBytes;
  }

  get checksum(): Buffer | undefined {
    return this.#checksum?.digest();
  }

  /**
   * The next bytes, `most` at most; undefined at the end of the body.
   * @param options.pauses answer 'pause' when none come for some seconds
   * @throws DomainError 'too-large' when there are more than the file has
   */
  async take(most: number, options: { pauses: boolean }): Promise<Buffer | 'pause' | undefined> {
    if (this.#rest.length === 0) {
      const found = await this.#more(options.pauses);
      if (found === 'pause') return found;
      if (found === undefined) return undefined;
      this.#rest = found;
    }
    if (this.isWhole) throw beyondLength(this.#lengthBytes);
    const bytes = this.#rest.subarray(0, Math.min(most, this.#lengthBytes - this.#offset));
    this.#rest = this.#rest.subarray(bytes.length);
    this.#offset += bytes.length;
    this.#sha256.update(bytes);
    this.#checksum?.update(bytes);
    return bytes;
  }

  /** Reads to the end of a body that has all bytes of the file. @throws DomainError 'too-large' when there are more */
  async expectEnd(): Promise<void> {
    if ((await this.take(1, { pauses: false })) !== undefined) throw beyondLength(this.#lengthBytes);
  }

  /** Ends the body here, as if its sender had gone. */
  cut(error: unknown): void {
    this.broken ??= { error };
    this.#isCut = true;
    this.#stopWaiting();
  }

  /** Reads no more; what is left of the body is the server's. */
  close(): void {
    this.#ended = true;
    void this.#chunks.return?.().catch(() => undefined);
  }

  #begin(): Promise<IteratorResult<Buffer>> {
    const next = this.#chunks.next();
    // It may break off when nobody waits for it any more.
    next.catch(() => undefined);
    return next;
  }

  /** A promise of its own each time: one for the whole body would keep every chunk that was ever raced against it. */
  #unlessCut<T>(waiting: Promise<T>): Promise<T | { done: true; value: undefined }> {
    const stopped = Promise.withResolvers<{ done: true; value: undefined }>();
    this.#stopWaiting = () => stopped.resolve({ done: true, value: undefined });
    if (this.#isCut) this.#stopWaiting();
    return Promise.race([waiting, stopped.promise]);
  }

  async #more(pauses: boolean): Promise<Buffer | 'pause' | undefined> {
    while (!this.#ended) {
      this.#next ??= this.#begin();
      this.waiting = true;
      const next = await this.#unlessCut(pauses ? unlessItPauses(this.#next) : this.#next).catch((error: unknown) => {
        this.broken = { error };
        return { done: true, value: undefined } as const;
      });
      this.waiting = false;
      if (next === 'pause') return next;
      this.#next = undefined;
      if (next.done) this.#ended = true;
      else if (next.value.length > 0) {
        this.lastByteAt = performance.now();
        return next.value;
      }
    }
    return undefined;
  }
}

async function unlessItPauses<T>(next: Promise<T>): Promise<T | 'pause'> {
  const came = new AbortController();
  const pause = delay(PAUSE_MS, 'pause' as const, { signal: came.signal });
  pause.catch(() => undefined);
  try {
    return await Promise.race([next, pause]);
  } finally {
    came.abort();
  }
}
