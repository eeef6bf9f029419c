import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { BlobItem, ContainerClient } from '@azure/storage-blob';
import {
  KeyTaken,
  type ObjectFacts,
  ObjectGone,
  type ObjectStore,
  StagedBlocksGone,
  type StoredObject,
} from '../domain/object-store.ts';
import { azureCode, isBlobMissing, withAzure } from './azure-errors.ts';
import { type ByteRange, readConsecutively } from './consecutive-read.ts';

export interface AzureOptions {
  /** How long a call without a body to speak of may take, retries included, and how long until a read has begun. */
  shortMs: number;
  /** The same for a block, or a list of up to 50,000 of them. */
  longMs: number;
  /**
   * A longer range is read by several requests, one after another. Azurite opens a file a block of what is asked for,
   * all at once, and never closes those of a reader who leaves: fifty viewers of a 4 GiB file would use up all it has.
   * And what Azure would have begun to send of a range to its end, a viewer who seeks does not want.
   */
  windowBytes: number;
}

const usual: AzureOptions = { shortMs: 10_000, longMs: 30_000, windowBytes: 32 * 1024 * 1024 };
const REMOVALS_AT_A_TIME = 8;
const PAGE_TO_REMOVE = 500;

/**
 * Objects as block blobs. What was learnt of an object's bytes is in its metadata, written by the very request that
 * commits it; a blob without it (an empty one that takes staged blocks with it, someone else's) is no object.
 */
export function azureBlobs(container: ContainerClient, options: Partial<AzureOptions> = {}): ObjectStore {
  const { shortMs, longMs, windowBytes } = { ...usual, ...options };

  async function find(key: string): Promise<StoredObject | undefined> {
    return withAzure({ ms: shortMs }, async (abortSignal) => {
      try {
        const found = await container.getBlobClient(key).getProperties({ abortSignal });
        return objectOf(key, { ...found, etag: found.etag, metadata: found.metadata });
      } catch (error) {
        if (isBlobMissing(error)) return undefined;
        throw error;
      }
    });
  }

  /**
   * Azure cannot delete staged blocks, but whoever commits a blob lets go of those that are not named; so an empty one is
   * committed, where there is none yet, and that very one deleted.
   */
  async function discardStaged(key: string): Promise<void> {
    const blob = container.getBlockBlobClient(key);
    await withAzure({ ms: shortMs }, async (abortSignal) => {
      try {
        const { etag } = await blob.commitBlockList([], { abortSignal, conditions: { ifNoneMatch: '*' } });
        await blob.delete({ abortSignal, conditions: { ifMatch: etag as string } });
      } catch (error) {
        // There is an object, or the empty one has just been deleted by another: nothing of ours is left to do.
        if (!isBlobMissing(error) && !['BlobAlreadyExists', 'ConditionNotMet'].includes(azureCode(error) ?? ''))
          throw error;
      }
    });
  }

  async function remove({ name, metadata }: BlobItem): Promise<void> {
    // Staged blocks first: Azure says 404 to the deletion of what has nothing else, and Azurite would keep them for a
    // commit to come.
    if (metadata?.sha256 === undefined) await discardStaged(name);
    await withAzure({ ms: shortMs }, (abortSignal) =>
      container.getBlobClient(name).deleteIfExists({ abortSignal, deleteSnapshots: 'include' }),
    );
  }

  async function open(key: string, version: string, { start, end }: ByteRange, signal: AbortSignal): Promise<Readable> {
    const gone = (error: unknown) =>
      isBlobMissing(error) || azureCode(error) === 'ConditionNotMet'
        ? new ObjectGone(key, { cause: error })
        : undefined;
    const { readableStreamBody } = await withAzure({ ms: shortMs, signal, expected: gone }, (abortSignal) =>
      container.getBlobClient(key).download(start, end - start + 1, {
        abortSignal,
        conditions: { ifMatch: version },
        // The client's own reading on, in the middle of a body, would only hide from the viewer that the store is gone.
        maxRetryRequests: 0,
      }),
    );
    return readableStreamBody as Readable;
  }

  return {
    find,
    discardStaged,

    read: ({ key, version }, range, signal) =>
      readConsecutively(range, windowBytes, (window, ending) => open(key, version, window, ending), signal),

    async stageBlock(key, blockId, bytes) {
      await withAzure({ ms: longMs }, (abortSignal) =>
        container.getBlockBlobClient(key).stageBlock(blockId, bytes, bytes.length, {
          abortSignal,
          // The store refuses a block that was damaged on its way.
          transactionalContentMD5: createHash('md5').update(bytes).digest(),
        }),
      );
    },

    async stagedBlocks(key) {
      return withAzure({ ms: longMs }, async (abortSignal) => {
        try {
          const { uncommittedBlocks } = await container
            .getBlockBlobClient(key)
            .getBlockList('uncommitted', { abortSignal });
          return new Map(uncommittedBlocks?.map(({ name, size }) => [name, size]));
        } catch (error) {
          if (isBlobMissing(error)) return new Map();
          throw error;
        }
      });
    },

    async commit(key, blockIds, facts) {
      const expected = (error: unknown) => {
        const code = azureCode(error);
        // Also what a commit meets that was repeated because its first answer got lost.
        if (code === 'BlobAlreadyExists' || code === 'ConditionNotMet') return new KeyTaken(key, { cause: error });
        return code === 'InvalidBlockList' ? new StagedBlocksGone(key, { cause: error }) : undefined;
      };
      const { etag, lastModified } = await withAzure({ ms: longMs, expected }, (abortSignal) =>
        container.getBlockBlobClient(key).commitBlockList([...blockIds], {
          abortSignal,
          conditions: { ifNoneMatch: '*' },
          metadata: { sha256: facts.sha256 },
          blobHTTPHeaders: { blobContentType: facts.contentType },
        }),
      );
      return { key, ...facts, lastModified: lastModified as Date, version: etag as string };
    },

    async removeAll(prefix) {
      let removed = 0;
      const all = container.listBlobsFlat({ prefix, includeUncommitedBlobs: true, includeMetadata: true });
      const pages = all.byPage({ maxPageSize: PAGE_TO_REMOVE });
      for (;;) {
        const page = await withAzure({ ms: longMs }, () => pages.next());
        if (page.done) return removed;
        const blobs: BlobItem[] = page.value.segment.blobItems;
        removed += blobs.length;
        const worker = async () => {
          for (let blob = blobs.pop(); blob !== undefined; blob = blobs.pop()) await remove(blob);
        };
        await Promise.all(Array.from({ length: REMOVALS_AT_A_TIME }, worker));
      }
    },

    async list(prefix, { limit, from }) {
      return withAzure({ ms: shortMs }, async (abortSignal) => {
        const pages = container.listBlobsFlat({ prefix, includeMetadata: true, abortSignal }).byPage({
          maxPageSize: limit,
          ...(from === undefined ? {} : { continuationToken: from }),
        });
        const { value } = await pages.next();
        const items: BlobItem[] = value.segment.blobItems;
        const objects = items.map(({ name, properties, metadata }) => objectOf(name, { ...properties, metadata }));
        return {
          objects: objects.filter((object) => object !== undefined),
          next: value.continuationToken || undefined,
        };
      });
    },
  };
}

interface BlobFacts {
  contentLength?: number | undefined;
  contentType?: string | undefined;
  lastModified?: Date | undefined;
  etag?: string | undefined;
  metadata?: Record<string, string> | undefined;
}

function objectOf(key: string, blob: BlobFacts): StoredObject | undefined {
  const { contentLength, contentType, lastModified, etag, metadata } = blob;
  const sha256 = metadata?.sha256;
  if (sha256 === undefined || contentLength === undefined || lastModified === undefined || etag === undefined)
    return undefined;
  const facts: ObjectFacts = {
    sizeBytes: contentLength,
    sha256,
    contentType: contentType ?? 'application/octet-stream',
  };
  return { key, ...facts, lastModified, version: etag };
}
