import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { DomainError } from '@flixtube/chassis/errors';
import type { Incoming } from './incoming.ts';
import type { BlockStore } from './ports.ts';
import { locked, wrongChecksum } from './refusals.ts';
import type { RunningSha256 } from './running-sha256.ts';
import { type Advance, BLOCK_BYTES, leastBlockBytes, type Progress } from './upload.ts';

/** Blocks that are on their way at a time: while one is being stored, the next one comes in. */
const PARALLEL = 2;
/**
 * How long a block of a slow sender is open, in milliseconds: what it holds is not safe before it is stored, and takes a
 * buffer of video-storage's from others.
 */
const OPEN_MS = 5_000;

export interface AppendingOptions {
  key: string;
  lengthBytes: number;
  progress: Progress;
  /** Where the upload stands. */
  offset: number;
  incoming: Incoming;
  sha256: RunningSha256;
  store: Pick<BlockStore, 'stage'>;
  /** Records a step. False when somebody else has taken the upload over. */
  record(advance: Advance): Promise<boolean>;
  /** The checksum that the bytes must have for any of them to count. */
  checksum: Buffer | undefined;
  /** Ends it at once. */
  signal: AbortSignal;
}

interface Block {
  id: string;
  from: number;
  to: number;
  crc32: number;
  hashState: Uint8Array;
}

/**
 * Takes the bytes of one PATCH: they flow on into blocks of the store as they come, and each block that is stored is
 * recorded, in order. Less than the smallest block is kept in the record, as a tail, for the next PATCH to go on with.
 */
export class Appending {
  readonly #options: AppendingOptions;
  readonly #least: number;
  /** Ids of another PATCH have nothing in common with these: what a half-dead one still stores can replace none of them. */
  readonly #attempt = randomBytes(12).toString('hex');
  readonly #failed = new AbortController();
  /** Bytes that have been handed out and belong to the next block. */
  #head: Buffer[] = [];
  #headBytes = 0;
  /** What is stored and not recorded yet: of a PATCH with a checksum until its end. */
  #unrecorded: Block[] = [];
  #contentType: string | undefined;
  #recordedTo: number;
  #recording: Promise<void> = Promise.resolve();
  #underWay = 0;

  constructor(options: AppendingOptions) {
    this.#options = options;
    this.#recordedTo = options.offset;
    this.#least = leastBlockBytes(options.lengthBytes);
    this.#keep(Buffer.from(options.progress.tail));
  }

  /** Whether we, and not the sender, are who is waited for. */
  get isBusy(): boolean {
    return this.#underWay > 0;
  }

  /**
   * Resolves with the offset at which the upload then stands, however the body ended.
   * @throws DomainError 'too-large', 'unsupported-type', 'checksum-mismatch', 'locked', and transient ones; what was
   * recorded before stays
   */
  async run(): Promise<number> {
    const { incoming, checksum } = this.#options;
    const signal = AbortSignal.any([this.#options.signal, this.#failed.signal]);
    try {
      while (await this.#fillHead(signal)) await this.#sendBlock(signal);
    } catch (error) {
      this.#fail(error);
    }
    await this.#recording;
    // Whoever ended it from outside says why; what broke of it after that says less.
    this.#options.signal.throwIfAborted();
    this.#failed.signal.throwIfAborted();
    if (checksum !== undefined) {
      // Without its end nobody knows whether it is right.
      if (incoming.broken !== undefined) return this.#recordedTo;
      if (!incoming.checksum?.equals(checksum)) throw wrongChecksum();
    }
    await this.#record(incoming.offset, Buffer.concat(this.#head), this.#options.sha256.state);
    return this.#recordedTo;
  }

  /** Waits for enough for a block. False when the body ends before. */
  async #fillHead(signal: AbortSignal): Promise<boolean> {
    const { incoming } = this.#options;
    while (this.#headBytes < this.#least && !incoming.isWhole) {
      const bytes = await unlessAborted(signal, incoming.take(BLOCK_BYTES - this.#headBytes, { pauses: false }));
      if (bytes === undefined) return false;
      this.#keep(bytes as Buffer);
    }
    if (this.#headBytes > 0) return true;
    await unlessAborted(signal, incoming.expectEnd());
    return false;
  }

  /** Resolves when all bytes of the next block have been handed to the store, and another one may begin. */
  async #sendBlock(signal: AbortSignal): Promise<void> {
    const { store, key, progress, offset } = this.#options;
    const from = this.#options.incoming.offset - this.#headBytes;
    // No block holds anything yet when all there was is in the tail.
    const isFirst = offset === progress.tail.length && from === 0;
    const id = `${this.#attempt}${from.toString(16).padStart(16, '0')}`;
    const sent = Promise.withResolvers<Block>();
    sent.promise.catch(() => undefined);
    this.#underWay += 1;
    const body = Readable.from(this.#bytesOfBlock({ id, from }, sent), { objectMode: false });
    const staging = store.stage(key, id, body, { isFirst, signal });
    // A store that answers before it has all, refuses.
    staging.then(
      () => sent.reject(new DomainError('bad-neighbour', 'The file could not be stored. Please try again later.')),
      sent.reject,
    );
    const before = this.#recording;
    this.#recording = this.#stored(staging, sent.promise, before)
      .catch((error: unknown) => this.#fail(error))
      .finally(() => {
        this.#underWay -= 1;
      });
    await sent.promise;
    if (this.#underWay >= PARALLEL) await before;
    signal.throwIfAborted();
  }

  async *#bytesOfBlock(
    block: { id: string; from: number },
    sent: Pick<PromiseWithResolvers<Block>, 'resolve' | 'reject'>,
  ): AsyncGenerator<Buffer> {
    const { incoming, sha256 } = this.#options;
    let sum = 0;
    let bytes = 0;
    const head = this.#head;
    this.#head = [];
    this.#headBytes = 0;
    for (const one of head) {
      sum = crc32(one, sum);
      bytes += one.length;
      yield one;
    }
    const openUntil = performance.now() + OPEN_MS;
    while (bytes < BLOCK_BYTES && !incoming.isWhole && performance.now() < openUntil) {
      const more = await incoming.take(BLOCK_BYTES - bytes, { pauses: true });
      if (more === undefined || more === 'pause') break;
      sum = crc32(more, sum);
      bytes += more.length;
      yield more;
    }
    // The last byte counts when nothing comes after it. Said here, since the store's client would say it in its own words.
    if (incoming.isWhole) {
      await incoming.expectEnd().catch((error: unknown) => {
        sent.reject(error);
        throw error;
      });
    }
    sent.resolve({ ...block, to: block.from + bytes, crc32: sum, hashState: sha256.state });
  }

  async #stored(staging: ReturnType<BlockStore['stage']>, sent: Promise<Block>, before: Promise<void>): Promise<void> {
    const { checksum } = this.#options;
    const [answer, block] = await Promise.all([staging, sent]);
    await before;
    if (this.#failed.signal.aborted) return;
    if (answer.sizeBytes !== block.to - block.from || answer.crc32 !== block.crc32) {
      throw new DomainError('bad-neighbour', 'The bytes were not stored as they were sent. Please send them again.');
    }
    this.#contentType ??= answer.contentType ?? undefined;
    this.#unrecorded.push(block);
    if (checksum === undefined) await this.#record(block.to, Buffer.alloc(0), block.hashState);
  }

  async #record(to: number, tail: Buffer, hashState: Uint8Array): Promise<void> {
    if (to === this.#recordedTo && this.#unrecorded.length === 0) return;
    const blocks = this.#unrecorded.map(({ id }) => id);
    const step = { from: this.#recordedTo, to, isWhole: to === this.#options.lengthBytes, blocks, tail, hashState };
    if (!(await this.#options.record({ ...step, contentType: this.#contentType }))) throw locked();
    this.#recordedTo = to;
    this.#unrecorded = [];
  }

  #keep(bytes: Buffer): void {
    if (bytes.length === 0) return;
    // A copy: a chunk of the connection's is a part of something larger.
    this.#head.push(Buffer.from(bytes));
    this.#headBytes += bytes.length;
  }

  #fail(error: unknown): void {
    if (!this.#failed.signal.aborted) this.#failed.abort(error);
  }
}

async function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  work.catch(() => undefined);
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
