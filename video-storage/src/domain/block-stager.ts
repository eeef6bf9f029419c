import { randomBytes } from 'node:crypto';
import { DomainError } from '@flixtube/chassis/errors';
import type { BlockBuffers } from './block-buffers.ts';

export interface BlockOptions {
  /** Of every block but the last one, and those that are sent early. */
  buffers: BlockBuffers;
  /** Blocks of one stream that are under way to the store at a time. One more is being filled. */
  parallel: number;
  /** How long a block of a slow sender may keep its buffer from others, in milliseconds; then it is sent as it is. */
  openMs: number;
}

/** Azure's limit, 195 GiB in blocks of 4 MiB (learn.microsoft.com/rest/api/storageservices/put-block). */
const MOST_BLOCKS = 50_000;

/** Cuts a stream into blocks and has them staged while more comes in. */
export class BlockStager {
  readonly #stage: (blockId: string, bytes: Buffer) => Promise<void>;
  readonly #options: BlockOptions;
  /** Ids of one attempt have nothing in common with another's, so that two writers of a key cannot mix. */
  readonly #attempt = randomBytes(16);
  readonly #blockIds: string[] = [];
  readonly #underWay = new Set<Promise<void>>();
  #current: Buffer | undefined;
  #filled = 0;
  #closing: NodeJS.Timeout | undefined;
  #failure: { error: unknown } | undefined;

  constructor(stage: (blockId: string, bytes: Buffer) => Promise<void>, options: BlockOptions) {
    this.#stage = stage;
    this.#options = options;
  }

  /** Whether the store may hold something of this attempt. */
  get hasStaged(): boolean {
    return this.#blockIds.length > 0;
  }

  /** Takes bytes over; resolves when there is room for more. @throws what staging an earlier block failed with */
  async write(chunk: Buffer): Promise<void> {
    for (let at = 0; at < chunk.length; ) {
      this.#current ??= await this.#open();
      const copied = chunk.copy(this.#current, this.#filled, at);
      at += copied;
      this.#filled += copied;
      if (this.#filled === this.#current.length) this.#send();
    }
  }

  /** Stages what is left; the ids of all blocks in order, when all are staged. */
  async finish(): Promise<string[]> {
    if (this.#filled > 0) this.#send();
    await Promise.all(this.#underWay);
    if (this.#failure) throw this.#failure.error;
    return this.#blockIds;
  }

  /** Gives back what is held; resolves when nothing is under way to the store any more. Nothing can be written after. */
  async end(): Promise<void> {
    clearTimeout(this.#closing);
    if (this.#current !== undefined) this.#options.buffers.giveBack(this.#current);
    this.#current = undefined;
    await Promise.all(this.#underWay);
  }

  async #open(): Promise<Buffer> {
    const { buffers, parallel, openMs } = this.#options;
    while (this.#underWay.size > parallel) await Promise.race(this.#underWay);
    if (this.#failure) throw this.#failure.error;
    const buffer = await buffers.take();
    this.#closing = setTimeout(() => this.#send(), openMs);
    return buffer;
  }

  #send(): void {
    clearTimeout(this.#closing);
    const buffer = this.#current as Buffer;
    const bytes = buffer.subarray(0, this.#filled);
    this.#current = undefined;
    this.#filled = 0;
    // Fails, and does not throw, also when there is no room for another block.
    const sent = Promise.try(() => this.#stage(this.#nextId(), bytes))
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => {
        this.#underWay.delete(sent);
        this.#options.buffers.giveBack(buffer);
      });
    this.#underWay.add(sent);
  }

  #nextId(): string {
    const index = this.#blockIds.length;
    if (index === MOST_BLOCKS) {
      const mostGiB = Math.floor((MOST_BLOCKS * this.#options.buffers.blockBytes) / 2 ** 30);
      throw new DomainError(
        'too-large',
        `The file is larger than ${mostGiB} GiB, which is the most that can be stored.`,
      );
    }
    const id = Buffer.alloc(20);
    this.#attempt.copy(id);
    id.writeUInt32BE(index, 16);
    const blockId = id.toString('base64');
    this.#blockIds.push(blockId);
    return blockId;
  }
}
