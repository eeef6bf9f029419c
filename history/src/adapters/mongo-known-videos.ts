import { withMongo } from '@flixtube/chassis/mongo';
import { ensureIndexes } from '@flixtube/chassis/mongo-indexes';
import type { Collection } from 'mongodb';
import type { KnownVideos } from '../domain/watching-repository.ts';

/** What is remembered of a video, by its id; nothing for most. */
export interface KnownVideoDocument {
  _id: string;
  durationSeconds?: number;
  deletedAt?: Date;
}

/** All queries are by _id, but that for marks of deleted videos that can be forgotten. */
export async function prepareKnownVideos(collection: Collection<KnownVideoDocument>): Promise<void> {
  await ensureIndexes(collection, [{ key: { deletedAt: 1 } }]);
}

export function mongoKnownVideos(collection: Collection<KnownVideoDocument>): KnownVideos {
  const findAll = (videoIds: readonly string[]) => collection.find({ _id: { $in: [...videoIds] } }).toArray();
  return {
    durations: (videoIds) =>
      withMongo(async () => {
        const known = await findAll(videoIds);
        return new Map(known.flatMap((video) => (video.durationSeconds ? [[video._id, video.durationSeconds]] : [])));
      }),
    deleted: (videoIds) =>
      withMongo(async () => {
        if (videoIds.length === 0) return new Set();
        const known = await findAll(videoIds);
        return new Set(known.filter((video) => video.deletedAt).map((video) => video._id));
      }),
    setDuration: (videoId, durationSeconds) =>
      withMongo(async () => {
        await collection.updateOne({ _id: videoId }, { $set: { durationSeconds } }, { upsert: true });
      }),
    setDeleted: (videoId, at) =>
      withMongo(async () => {
        await collection.updateOne(
          { _id: videoId },
          { $set: { deletedAt: at }, $unset: { durationSeconds: 1 } },
          { upsert: true },
        );
      }),
    forgetDeleted: (before) =>
      withMongo(async () => {
        const { deletedCount } = await collection.deleteMany({ deletedAt: { $lt: before } });
        return deletedCount;
      }),
  };
}
