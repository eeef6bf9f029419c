import type { ByteClient } from '@flixtube/chassis/byte-client';
import { DomainError, isTransient } from '@flixtube/chassis/errors';
import type { JsonClient } from '@flixtube/chassis/json-client';
import { storedObject } from '@flixtube/contracts/http/internal';
import type { ObjectStore } from '../domain/ingest.ts';
import { type Kinds, otherKind } from '../domain/kinds.ts';

/** The object store behind video-storage's internal API, which takes files of `kinds` only. */
export function httpObjects(
  bytes: Pick<ByteClient, 'put'>,
  json: Pick<JsonClient, 'delete'>,
  kinds: Kinds,
): ObjectStore {
  return {
    async put(key, body, { sizeBytes, signal }) {
      const answer = await bytes
        .put(`/internal/objects/${key}`, body, {
          signal,
          query: { accept: kinds.join(',') },
          ...(sizeBytes === undefined ? {} : { contentLength: sizeBytes }),
        })
        .catch((error) => {
          throw forTheSender(error, kinds);
        });
      const stored = storedObject.safeParse(answer);
      if (!stored.success) throw notUnderstood(stored.error);
      const { contentType, sizeBytes: storedBytes, sha256 } = stored.data;
      return { key, contentType, sizeBytes: storedBytes, sha256 };
    },

    async removeAll(prefix) {
      await json.delete('/internal/objects', { params: { prefix } });
    },
  };
}

/** Of video-storage's refusals only the one about the bytes is the sender's to put right. */
export function forTheSender(error: unknown, kinds: Kinds): unknown {
  if (!(error instanceof DomainError) || isTransient(error)) return error;
  if (error.kind !== 'unsupported-type') return notUnderstood(error);
  return otherKind(kinds, 'body', error);
}

export function notUnderstood(cause: unknown): DomainError {
  return new DomainError('bad-neighbour', 'The file could not be stored. Please try again later.', { cause });
}
