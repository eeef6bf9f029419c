import type { ByteClient } from '@flixtube/chassis/byte-client';
import { DomainError, isTransient } from '@flixtube/chassis/errors';
import type { JsonClient } from '@flixtube/chassis/json-client';
import { storedObject } from '@flixtube/contracts/http/internal';
import type { ObjectStore } from '../domain/ingest.ts';

/** The object store behind video-storage's internal API. */
export function httpObjects(bytes: Pick<ByteClient, 'put'>, json: Pick<JsonClient, 'delete'>): ObjectStore {
  return {
    async put(key, body, { sizeBytes, signal }) {
      const answer = await bytes
        .put(`/internal/objects/${key}`, body, {
          signal,
          query: { accept: 'video/' },
          ...(sizeBytes === undefined ? {} : { contentLength: sizeBytes }),
        })
        .catch((error) => {
          throw forTheSender(error);
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
export function forTheSender(error: unknown): unknown {
  if (!(error instanceof DomainError) || isTransient(error)) return error;
  if (error.kind !== 'unsupported-type') return notUnderstood(error);
  return new DomainError('unsupported-type', 'The file is not a video, or of a kind that is not known here.', {
    cause: error,
    errors: [{ path: 'body', message: 'must be a video file, such as MP4, WebM, MOV or MKV' }],
  });
}

export function notUnderstood(cause: unknown): DomainError {
  return new DomainError('bad-neighbour', 'The file could not be stored. Please try again later.', { cause });
}
