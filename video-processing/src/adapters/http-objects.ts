import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { ByteClient } from '@flixtube/chassis/byte-client';
import { DomainError } from '@flixtube/chassis/errors';
import type { JsonClient } from '@flixtube/chassis/json-client';
import { objectList } from '@flixtube/contracts/http/internal';
import type { ObjectStore } from '../domain/ports.ts';

/** Removing a folder takes as long as it has objects. */
const removalMs = 120_000;

/** The object store behind video-storage's internal API. */
export function httpObjects(bytes: Pick<ByteClient, 'put'>, json: Pick<JsonClient, 'get' | 'delete'>): ObjectStore {
  return {
    async put(key, { head = Buffer.alloc(0), file }, signal) {
      const fileBytes = file === undefined ? 0 : (await stat(file)).size;
      async function* content(): AsyncGenerator<Buffer> {
        yield head;
        if (file !== undefined) yield* createReadStream(file);
      }
      await bytes.put(`/internal/objects/${key}`, Readable.from(content(), { objectMode: false }), {
        signal,
        contentLength: head.length + fileBytes,
      });
    },

    async *list(prefix) {
      let cursor: string | null = null;
      do {
        const params = { prefix, limit: 100, ...(cursor === null ? {} : { cursor }) };
        const { data }: { data: unknown } = await json.get('/internal/objects', { params });
        const page = objectList.safeParse(data);
        if (!page.success) {
          throw new DomainError('bad-neighbour', 'The list of objects cannot be understood.', { cause: page.error });
        }
        for (const { key } of page.data.items) yield key;
        cursor = page.data.nextCursor;
      } while (cursor !== null);
    },

    async removeFolder(folder) {
      await json.delete('/internal/objects', { params: { prefix: folder }, timeout: removalMs });
    },
  };
}
