import type { Readable } from 'node:stream';
import type { ContainerClient } from '@azure/storage-blob';
import { DomainError } from '@flixtube/chassis/errors';
import { LRUCache } from 'lru-cache';
import type { ListedObject, ObjectStore, StoredObject } from '../domain/object-store.ts';
import { statusOf, withAzure } from './azure-errors.ts';
import { azureStagedObject, discardUncommitted } from './azure-staged-object.ts';

type Known = StoredObject & { azureEtag: string };

/** What is known of an object that never changes; long enough to spare a question a range, short enough to forget one that is gone. */
const knownMs = 5 * 60_000;
const mostKnown = 10_000;
const removedAtOnce = 8;

/** Objects as block blobs of a container; the SHA-256 is in their metadata. */
export function azureObjects(container: ContainerClient): ObjectStore {
  const known = new LRUCache<string, Known>({ max: mostKnown, ttl: knownMs });
  const blobOf = (key: string) => container.getBlockBlobClient(key);

  async function find(key: string): Promise<Known | undefined> {
    const cached = known.get(key);
    if (cached !== undefined) return cached;
    try {
      const properties = await blobOf(key).getProperties();
      const sha256 = properties.metadata?.sha256;
      // Something that we did not store, or the empty stand-in of an upload that is being discarded.
      if (sha256 === undefined) return undefined;
      const object: Known = {
        key,
        sizeBytes: properties.contentLength ?? 0,
        contentType: properties.contentType ?? 'application/octet-stream',
        sha256,
        storedAt: properties.lastModified ?? new Date(0),
        azureEtag: properties.etag ?? '',
      };
      known.set(key, object);
      return object;
    } catch (error) {
      if (statusOf(error) === 404) return undefined;
      throw error;
    }
  }

  return {
    find: (key) => withAzure(() => find(key)),

    read: (key, { start, end }, signal) =>
      withAzure(async (): Promise<Readable> => {
        const object = await find(key);
        if (object === undefined) throw gone();
        try {
          const { readableStreamBody } = await blobOf(key).download(start, end - start + 1, {
            abortSignal: signal,
            conditions: { ifMatch: object.azureEtag },
            // A store that dies ends the stream at once, and the player goes on from there: the SDK's own silent
            // resumption would leave it hanging.
            maxRetryRequests: 0,
          });
          if (readableStreamBody === undefined) throw new Error('the SDK gave no stream');
          return readableStreamBody as Readable;
        } catch (error) {
          const status = statusOf(error);
          if (status !== 404 && status !== 412) throw error;
          known.delete(key);
          throw gone(error);
        }
      }),

    begin: (key) => azureStagedObject(blobOf(key)),

    removeAll: (prefix) =>
      withAzure(async () => {
        let removed = 0;
        const remove = async (key: string) => {
          known.delete(key);
          // Blocks that were staged beside a committed object go with it.
          if (!(await blobOf(key).deleteIfExists()).succeeded) await discardUncommitted(blobOf(key));
          removed += 1;
        };
        const pages = container.listBlobsFlat({ prefix, includeUncommitedBlobs: true }).byPage({ maxPageSize: 100 });
        for await (const { segment } of pages) {
          const keys = segment.blobItems.map(({ name }) => name);
          for (let at = 0; at < keys.length; at += removedAtOnce) {
            await Promise.all(keys.slice(at, at + removedAtOnce).map(remove));
          }
        }
        return removed;
      }),

    list: ({ prefix, limit, cursor }) =>
      withAzure(async () => {
        const pages = container
          .listBlobsFlat({ prefix, includeMetadata: true })
          .byPage({ maxPageSize: limit, ...(cursor === undefined ? {} : { continuationToken: cursor }) });
        const { value } = await pages.next();
        const objects = ((value?.segment.blobItems ?? []) as BlobItem[]).flatMap(toListed);
        return { objects, next: value?.continuationToken || undefined };
      }),
  };
}

interface BlobItem {
  name: string;
  metadata?: Record<string, string>;
  properties: { contentLength?: number; lastModified: Date };
}

function toListed({ name, metadata, properties }: BlobItem): ListedObject[] {
  const sha256 = metadata?.sha256;
  if (sha256 === undefined) return [];
  const { contentLength = 0, lastModified } = properties;
  return [{ key: name, sizeBytes: contentLength, etag: `"${sha256}"`, storedAt: lastModified }];
}

function gone(cause?: unknown): DomainError {
  return new DomainError('not-found', 'There is no such object.', { cause });
}
