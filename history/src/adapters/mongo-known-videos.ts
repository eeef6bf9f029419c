import { withMongo } from '@flixtube/chassis/mongo';
import type { Collection } from 'mongodb';
import type { KnownVideos } from '../domain/watching-repository.ts';

/** What is remembered of a video, by its id; nothing for most. All queries are by _id. */
export interface KnownVideoDocument {
  _id: string;
  durationSeconds?: number;
  deleted?: boolean;
}

export function mongoKnownVideos(collection: Collection<KnownVideoDocument>): KnownVideos {
  const findAll = (videoIds: readonly string[]) => collection.find({ _id: { $in: [...videoIds] } }).toArray();
  const set = async (videoId: string, fields: Partial<KnownVideoDocument>) => {
    await collection.updateOne({ _id: videoId }, { $set: fields }, { upsert: true });
  };
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
        return new Set(known.filter((video) => video.deleted).map((video) => video._id));
      }),
    setDuration: (videoId, durationSeconds) => withMongo(() => set(videoId, { durationSeconds })),
    setDeleted: (videoId) => withMongo(() => set(videoId, { deleted: true })),
  };
}
