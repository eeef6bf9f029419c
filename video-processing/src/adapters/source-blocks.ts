import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { DomainError } from '@flixtube/chassis/errors';
import type { VideoSource } from '@flixtube/contracts/events/video-uploaded';
import { LRUCache } from 'lru-cache';

/** Bytes from `start` to `end`, both included. */
interface Range {
  start: number;
  end: number;
}

export interface SourceBlocksOptions {
  /** Where the files of blocks are opened; they have no name there. */
  folder: string;
  /** So many bytes are kept at most, beside those that are being read. */
  mostBytes: number;
  /** Opens a range of a file in video-storage. */
  fetch(source: VideoSource, range: Range, signal: AbortSignal): Promise<Readable>;
  blockBytes?: number;
  /** Told, each time that a block is asked for, whether it was here. */
  onAsked?(kept: boolean): void;
  /** A block that nobody has read for so long is let go of, in milliseconds. */
  idleMs?: number;
}

const usual = { blockBytes: 4 * 2 ** 20, idleMs: 5 * 60_000 };

/**
 * Blocks of uploaded files on this machine's disk. Each of a video's tasks reads from the place before its piece, and
 * those for sound and pictures read the whole file: so each byte is fetched once, and not five times (measured).
 * Files are removed as soon as they are open, so that nothing is left of them however this process ends.
 */
export class SourceBlocks {
  readonly #o: SourceBlocksOptions & typeof usual;
  readonly #ended = new AbortController();
  readonly #blocks: LRUCache<string, Block>;
  readonly #coming = new Map<string, Promise<Block>>();

  constructor(options: SourceBlocksOptions) {
    this.#o = { ...usual, ...options };
    this.#blocks = new LRUCache({
      maxSize: Math.max(this.#o.mostBytes, this.#o.blockBytes),
      sizeCalculation: (block) => block.sizeBytes,
      ttl: this.#o.idleMs,
      ttlAutopurge: true,
      updateAgeOnGet: true,
      dispose: (block) => block.release(),
    });
  }

  /** How many blocks are kept. */
  get size(): number {
    return this.#blocks.size;
  }

  /** How much of the disk they take. */
  get bytes(): number {
    return this.#blocks.calculatedSize;
  }

  /** The bytes of a range. Destroyed by a DomainError when they cannot be had: that of `fetch`, or 'unavailable'. */
  read(source: VideoSource, range: Range, signal: AbortSignal): Readable {
    return Readable.from(this.#bytes(source, range, signal), { objectMode: false, highWaterMark: 2 ** 16 });
  }

  /** Ends what is being fetched, and lets go of all blocks. */
  close(): void {
    this.#ended.abort(new DomainError('unavailable', 'This worker is stopping.'));
    this.#blocks.clear();
  }

  async *#bytes(source: VideoSource, { start, end }: Range, signal: AbortSignal): AsyncGenerator<Buffer> {
    const { blockBytes } = this.#o;
    for (let at = start; at <= end; ) {
      const index = Math.floor(at / blockBytes);
      const first = index * blockBytes;
      const last = Math.min(end, first + blockBytes - 1);
      const block = await this.#block(source, index);
      try {
        // The next one comes while this one is read.
        if (last < end) this.#block(source, index + 1).then(leave, () => {});
        yield* block.bytes({ start: at - first, end: last - first }, signal);
      } finally {
        block.release();
      }
      at = last + 1;
    }
  }

  /** A block to read, which the caller releases. */
  async #block(source: VideoSource, index: number): Promise<Block> {
    const { blockBytes } = this.#o;
    const key = `${source.key} ${source.sha256} ${index}`;
    const start = index * blockBytes;
    const range = { start, end: Math.min(start + blockBytes, source.sizeBytes) - 1 };
    for (;;) {
      const known = this.#blocks.get(key);
      this.#o.onAsked?.(known !== undefined);
      const kept = known ?? (await this.#arrival(key, source, range));
      // Else it was let go of between its arrival and now.
      if (kept.take()) return kept;
    }
  }

  /** Of a block that is fetched now, once for all who wait for it. */
  #arrival(key: string, source: VideoSource, range: Range): Promise<Block> {
    const known = this.#coming.get(key);
    if (known !== undefined) return known;
    const arrival = this.#arrive(key, source, range).finally(() => this.#coming.delete(key));
    this.#coming.set(key, arrival);
    return arrival;
  }

  async #arrive(key: string, source: VideoSource, range: Range): Promise<Block> {
    const { signal } = this.#ended;
    signal.throwIfAborted();
    const block = await this.#fetch(source, range);
    if (signal.aborted) block.release();
    signal.throwIfAborted();
    this.#blocks.set(key, block);
    return block;
  }

  async #fetch(source: VideoSource, range: Range): Promise<Block> {
    const bytes = await this.#o.fetch(source, range, this.#ended.signal);
    const file = await this.#openFile().catch((error: unknown) => {
      bytes.destroy();
      throw error;
    });
    try {
      await file.writeFile(bytes);
      const { size } = await file.stat();
      const sizeBytes = range.end - range.start + 1;
      if (size !== sizeBytes) throw new Error(`${size} bytes came instead of ${sizeBytes}`);
      return new Block(file, sizeBytes);
    } catch (error) {
      await file.close();
      if (error instanceof DomainError) throw error;
      throw isAboutDisk(error) ? noRoom(error) : brokenOff(error);
    }
  }

  async #openFile(): Promise<FileHandle> {
    const path = join(this.#o.folder, randomUUID());
    try {
      // Anew, for those who clear temporary folders now and then.
      await mkdir(this.#o.folder, { recursive: true, mode: 0o700 });
      const file = await open(path, 'wx+', 0o600);
      await rm(path);
      return file;
    } catch (error) {
      throw noRoom(error);
    }
  }
}

/** A file without a name, open as long as anybody has a use for it. */
class Block {
  readonly sizeBytes: number;
  readonly #file: FileHandle;
  /** The cache is the first. */
  #users = 1;

  constructor(file: FileHandle, sizeBytes: number) {
    this.#file = file;
    this.sizeBytes = sizeBytes;
  }

  /** Whether it is still open; then it is for one user more. */
  take(): boolean {
    if (this.#users === 0) return false;
    this.#users += 1;
    return true;
  }

  release(): void {
    this.#users -= 1;
    if (this.#users === 0) void this.#file.close();
  }

  async *bytes({ start, end }: Range, signal: AbortSignal): AsyncGenerator<Buffer> {
    const most = 2 ** 18;
    for (let at = start; at <= end; ) {
      signal.throwIfAborted();
      const buffer = Buffer.allocUnsafe(Math.min(most, end - at + 1));
      const { bytesRead } = await this.#file.read(buffer, 0, buffer.length, at);
      if (bytesRead === 0) throw new Error('a block has ended too early');
      yield buffer.subarray(0, bytesRead);
      at += bytesRead;
    }
  }
}

const leave = (block: Block) => block.release();

function isAboutDisk(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT', 'EIO', 'EFBIG', 'EROFS'].includes(String((error as NodeJS.ErrnoException).code));
}

function brokenOff(cause: unknown): DomainError {
  return new DomainError('unavailable', 'The uploaded file cannot be read right now.', { cause });
}

/** Of no concern to the file that is processed: another worker may have room. */
function noRoom(cause: unknown): DomainError {
  return new DomainError('unavailable', 'This worker has no room for temporary files.', { cause });
}
