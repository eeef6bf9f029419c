import { crc32 } from 'node:zlib';
import { DomainError } from '@flixtube/chassis/errors';
import type { BlockBuffers } from './block-buffers.ts';
import { sniffContentType, TELLING_BYTES } from './content-type.ts';
import { requireAccepted } from './inspection.ts';
import { KeyTaken, type ObjectFacts, type ObjectStore, StagedBlocksGone, type StoredObject } from './object-store.ts';
import { takenBy } from './receiver.ts';

export interface BlockDelivery {
  key: string;
  /** In the store's words: base64. */
  blockId: string;
  /** Fails when it is cut before its end. */
  body: AsyncIterable<Buffer>;
  /** Types and ranges, one of which the file must be; said with its first block only. */
  accept: readonly string[] | undefined;
}

export interface Staged {
  sizeBytes: number;
  crc32: number;
  /** Sniffed when `accept` was given. */
  contentType: string | undefined;
}

/** Objects that come in block by block, over hours and through several replicas: what is kept between two is the caller's. */
export class Blocks {
  readonly #store: Pick<ObjectStore, 'find' | 'stageBlock' | 'stagedBlocks' | 'commit'>;
  readonly #buffers: BlockBuffers;

  constructor(store: Pick<ObjectStore, 'find' | 'stageBlock' | 'stagedBlocks' | 'commit'>, buffers: BlockBuffers) {
    this.#store = store;
    this.#buffers = buffers;
  }

  /**
   * Stages a body as one block; a block of the same id is replaced. A body that is cut leaves nothing.
   * @throws DomainError unsupported-type as soon as the first bytes tell; too-large; invalid when it is empty; unavailable
   */
  async stage({ key, blockId, body, accept }: BlockDelivery): Promise<Staged> {
    let buffer: Buffer | undefined;
    try {
      let filled = 0;
      let contentType: string | undefined;
      for await (const chunk of body) {
        // Not before something comes: a sender who waits holds nothing.
        buffer ??= await this.#buffers.take();
        if (filled + chunk.length > buffer.length) throw tooLarge(buffer.length);
        filled += chunk.copy(buffer, filled);
        if (accept !== undefined && contentType === undefined && filled >= TELLING_BYTES) {
          contentType = await acceptedType(buffer.subarray(0, filled), accept);
        }
      }
      if (buffer === undefined) throw new DomainError('invalid', 'The block is empty.', { errors: [emptyBody] });
      const bytes = buffer.subarray(0, filled);
      if (accept !== undefined) contentType ??= await acceptedType(bytes, accept);
      await this.#store.stageBlock(key, blockId, bytes);
      return { sizeBytes: filled, crc32: crc32(bytes), contentType };
    } finally {
      if (buffer !== undefined) this.#buffers.giveBack(buffer);
    }
  }

  /**
   * Makes the object out of staged blocks, written once: may be repeated, at the same time too.
   * @throws DomainError gone when blocks are not there any more; invalid when they are not as long as is said; conflict
   * when the key has other bytes; unavailable
   */
  async commit(key: string, blockIds: readonly string[], facts: ObjectFacts): Promise<StoredObject> {
    const existing = await this.#store.find(key);
    if (existing !== undefined) return takenBy(existing, facts);
    try {
      const staged = await this.#store.stagedBlocks(key);
      let sizeBytes = 0;
      for (const id of blockIds) {
        const blockBytes = staged.get(id);
        if (blockBytes === undefined) throw new StagedBlocksGone(key);
        sizeBytes += blockBytes;
      }
      if (sizeBytes !== facts.sizeBytes) throw otherSize(sizeBytes);
      return await this.#store.commit(key, blockIds, facts);
    } catch (error) {
      if (!(error instanceof KeyTaken) && !(error instanceof StagedBlocksGone)) throw error;
      // Also what meets whoever commits the same at the same time, and was second.
      const winner = await this.#store.find(key);
      if (winner !== undefined) return takenBy(winner, facts);
      throw new DomainError('gone', 'The blocks of this file have been removed. Please send it again.', {
        cause: error,
      });
    }
  }
}

async function acceptedType(beginning: Buffer, accept: readonly string[]): Promise<string> {
  const contentType = await sniffContentType(beginning);
  requireAccepted(contentType, beginning.length, accept);
  return contentType;
}

const emptyBody = { path: 'body', message: 'must not be empty' };

function tooLarge(blockBytes: number): DomainError {
  return new DomainError('too-large', `A block has at most ${blockBytes} bytes.`, {
    errors: [{ path: 'body', message: `must be at most ${blockBytes} bytes` }],
  });
}

function otherSize(sizeBytes: number): DomainError {
  return new DomainError('invalid', `The blocks have ${sizeBytes} bytes together.`, {
    errors: [{ path: 'sizeBytes', message: `must be ${sizeBytes}` }],
  });
}
