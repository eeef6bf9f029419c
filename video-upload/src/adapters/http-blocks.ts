import type { ByteClient } from '@flixtube/chassis/byte-client';
import { DomainError, isTransient } from '@flixtube/chassis/errors';
import type { JsonClient } from '@flixtube/chassis/json-client';
import { type BlockList, stagedBlock, storedObject } from '@flixtube/contracts/http/internal';
import type { Kinds } from '../domain/kinds.ts';
import type { BlockStore } from '../domain/resumable/ports.ts';
import { forTheSender, notUnderstood } from './http-objects.ts';

/** For a list of blocks that may be long; it is the last byte's sender who waits. */
const committingMs = 60_000;

/** Blocks behind video-storage's internal API, which takes files of `kinds` only. */
export function httpBlocks(bytes: Pick<ByteClient, 'put'>, json: Pick<JsonClient, 'post'>, kinds: Kinds): BlockStore {
  return {
    async stage(key, block, body, { isFirst, signal }) {
      const query = { block, ...(isFirst ? { accept: kinds.join(',') } : {}) };
      const answer = await bytes.put(`/internal/blocks/${key}`, body, { signal, query }).catch((error) => {
        throw forTheSender(error, kinds);
      });
      const staged = stagedBlock.safeParse(answer);
      if (!staged.success) throw notUnderstood(staged.error);
      return staged.data;
    },

    async commit(blocks, { key, ...facts }) {
      const list: BlockList = { blocks: [...blocks], ...facts };
      const answer = await json
        .post(`/internal/blocks/${key}`, list, { timeout: committingMs })
        .catch((error: unknown) => {
          if (error instanceof DomainError && (error.kind === 'gone' || isTransient(error))) throw error;
          throw notUnderstood(error);
        });
      const stored = storedObject.safeParse(answer.data);
      if (!stored.success) throw notUnderstood(stored.error);
      const { contentType, sizeBytes, sha256 } = stored.data;
      return { key, contentType, sizeBytes, sha256 };
    },
  };
}
