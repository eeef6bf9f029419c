import { createHash, randomBytes } from 'node:crypto';
import type { BlockBlobClient } from '@azure/storage-blob';
import type { StagedObject } from '../domain/object-store.ts';
import { statusOf, withAzure } from './azure-errors.ts';

/** "Only if there is none": what makes an object one that is written once. */
const ifNone = { ifNoneMatch: '*' };

/** Blocks of a block blob, staged under ids that no other attempt has, and committed in one step. */
export function azureStagedObject(blob: BlockBlobClient): StagedObject {
  const attempt = randomBytes(9).toString('base64url');
  const ids: string[] = [];

  return {
    stage: (bytes, signal) => {
      // Azure wants ids of equal length.
      const id = Buffer.from(`${attempt}-${String(ids.length).padStart(8, '0')}`).toString('base64');
      ids.push(id);
      return withAzure(async () => {
        // The store refuses a block that was changed on its way.
        const transactionalContentMD5 = createHash('md5').update(bytes).digest();
        await blob.stageBlock(id, bytes, bytes.length, { transactionalContentMD5, abortSignal: signal });
      });
    },

    commit: ({ contentType, sha256 }) =>
      withAzure(async () => {
        try {
          await blob.commitBlockList(ids, {
            conditions: ifNone,
            blobHTTPHeaders: { blobContentType: contentType },
            metadata: { sha256 },
          });
          return true;
        } catch (error) {
          const status = statusOf(error);
          // 409 BlobAlreadyExists, or 412 as some stores say. Also after an answer that was lost on its way back.
          if (status === 409 || status === 412) return false;
          throw error;
        }
      }),

    // Azure has no call that removes uncommitted blocks: an empty object in their place does, and is removed itself.
    discard: () =>
      withAzure(async () => {
        if (ids.length > 0) await discardUncommitted(blob);
      }),
  };
}

/** Removes the uncommitted blocks of a blob that was never committed; one that was is left alone. */
export async function discardUncommitted(blob: BlockBlobClient): Promise<void> {
  try {
    const { etag } = await blob.commitBlockList([], { conditions: ifNone });
    await blob.deleteIfExists({ conditions: { ifMatch: etag ?? '' } });
  } catch (error) {
    const status = statusOf(error);
    if (status !== 409 && status !== 412) throw error;
  }
}
