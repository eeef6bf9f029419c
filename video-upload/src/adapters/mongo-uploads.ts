import { type FlixEvent, newEvent } from '@flixtube/chassis/messaging';
import { isDuplicateKey, withMongo } from '@flixtube/chassis/mongo';
import { ensureIndexes } from '@flixtube/chassis/mongo-indexes';
import type { Outbox } from '@flixtube/chassis/outbox';
import type { VideoSource } from '@flixtube/contracts/events/video-uploaded';
import { videoUploaded } from '@flixtube/contracts/events/video-uploaded';
import type { Collection, Db } from 'mongodb';
import type { UploadRecords } from '../domain/ingest.ts';
import type { SweptRecords } from '../domain/sweep.ts';
import type { StoredUpload, Upload } from '../domain/upload.ts';

/**
 * receiving: bytes are on their way; uploading, arrived: the same of an upload in pieces (mongo-resumables.ts); stored: committed; abandoned: never will be, and its remains are being removed.
 * The state is changed by updates of this one document that name the state before, so of a commit and a sweep just one wins.
 */
export interface UploadDocument {
  _id: string;
  state: 'receiving' | 'uploading' | 'arrived' | 'stored' | 'abandoned';
  ownerId: string;
  title: string;
  description: string;
  visibility: Upload['visibility'];
  startedAt: Date;
  /** The last sign of life; of an abandoned one, when it was last taken for removal. */
  heartbeatAt: Date;
  source?: VideoSource;
  storedAt?: Date;
  outbox: FlixEvent[];
}

/** The collection; its writes last before they are acknowledged, as the chassis has the driver ask. */
export function uploadsCollection(db: Db): Collection<UploadDocument> {
  return db.collection<UploadDocument>('uploads');
}

export async function prepareUploads(db: Db): Promise<void> {
  await ensureIndexes(uploadsCollection(db), [
    { key: { state: 1, heartbeatAt: 1 } },
    { key: { state: 1, storedAt: 1 } },
    { key: { ownerId: 1, state: 1 } },
  ]);
}

/** Records of uploads in MongoDB; `outbox` passes their events on. */
export function mongoUploads(
  uploads: Collection<UploadDocument>,
  outbox: Pick<Outbox, 'notify'>,
): UploadRecords & SweptRecords {
  return {
    async begin({ videoId, ...upload }) {
      const document: UploadDocument = {
        _id: videoId,
        state: 'receiving',
        ...upload,
        heartbeatAt: upload.startedAt,
        outbox: [],
      };
      await withMongo(() => uploads.insertOne(document));
    },

    async beat(videoId) {
      const { matchedCount } = await withMongo(() =>
        uploads.updateOne({ _id: videoId, state: 'receiving' }, { $set: { heartbeatAt: new Date() } }),
      );
      return matchedCount === 1;
    },

    async commit(upload) {
      const { videoId: _id, source, storedAt } = upload;
      const change = {
        $set: { state: 'stored' as const, source, storedAt, heartbeatAt: storedAt },
        $push: { outbox: uploadedEvent(upload) },
      };
      const { matchedCount } = await withMongo(() =>
        uploads.updateOne({ _id, state: { $in: ['receiving', 'arrived'] } }, change),
      );
      // It may have been committed by a try before this one, whose answer was lost.
      const committed =
        matchedCount === 1 || (await withMongo(() => uploads.findOne({ _id, state: 'stored' }))) !== null;
      if (committed) outbox.notify(_id);
      return committed;
    },

    async giveUp(videoId) {
      // A record that a sweep has removed is made again, so that the remains stay known until they are removed.
      const change = { $set: { state: 'abandoned' as const, heartbeatAt: new Date() } };
      try {
        await withMongo(() => uploads.updateOne({ _id: videoId, state: { $ne: 'stored' } }, change, { upsert: true }));
        return true;
      } catch (error) {
        if (isDuplicateKey(error)) return false;
        throw error;
      }
    },

    async forget(videoId) {
      await withMongo(() => uploads.deleteOne({ _id: videoId, state: 'abandoned' }));
    },

    async takeAbandoned(before) {
      const taken = await withMongo(() =>
        uploads.findOneAndUpdate(
          { state: { $in: ['receiving', 'abandoned'] }, heartbeatAt: { $lt: before } },
          { $set: { state: 'abandoned', heartbeatAt: new Date() } },
        ),
      );
      return taken?._id;
    },

    async forgetStored(before) {
      const { deletedCount } = await withMongo(() =>
        uploads.deleteMany({ state: 'stored', storedAt: { $lt: before }, 'outbox.id': { $exists: false } }),
      );
      return deletedCount;
    },
  };
}

function uploadedEvent({ startedAt: _, storedAt, ...data }: StoredUpload): FlixEvent {
  return newEvent(videoUploaded, {
    source: 'video-upload',
    subject: data.videoId,
    time: storedAt.toISOString(),
    data,
  });
}
