import { type FlixEvent, newEvent } from '@flixtube/chassis/messaging';
import { withMongo } from '@flixtube/chassis/mongo';
import { ensureIndexes } from '@flixtube/chassis/mongo-indexes';
import type { Outbox } from '@flixtube/chassis/outbox';
import { videoViewed } from '@flixtube/contracts/events/video-viewed';
import type { AnyBulkWriteOperation, Collection, Filter } from 'mongodb';
import type { ViewCandidate, Watching } from '../domain/watching.ts';
import type { WatchingRepository } from '../domain/watching-repository.ts';

/** One viewer and one video, as they lie in the collection `watchings`. */
export interface WatchingDocument {
  /** `<viewerId> <videoId>` */
  _id: string;
  viewerId: string;
  videoId: string;
  /** In the viewer's history: false once it is removed, and before anything was kept. */
  shown: boolean;
  unfinished: boolean;
  positionSeconds: number;
  /** Of the newest report that was kept. */
  watchedAt: Date;
  removedAt: Date;
  /** The last hour and session that counted as a view. */
  countedHour: number;
  countedSession: string;
  outbox: FlixEvent[];
}

/** When a viewer removed everything, for watchings that were not known then. */
export interface ViewerDocument {
  _id: string;
  clearedAt: Date;
}

const never = new Date(0);

/**
 * Which index serves which query. All others are by _id.
 *
 * | query | index |
 * | --- | --- |
 * | history, the last watched first | viewerId, shown, watchedAt, _id |
 * | continue watching | viewerId, shown, unfinished, watchedAt, _id |
 * | all watchings of a deleted video | videoId |
 * | marks of removals that can be forgotten | shown, removedAt; clearedAt |
 * | events to be published | outbox.id, made by the outbox |
 */
export async function prepareWatchings(o: {
  watchings: Collection<WatchingDocument>;
  viewers: Collection<ViewerDocument>;
}): Promise<void> {
  await ensureIndexes(o.watchings, [
    { key: { viewerId: 1, shown: 1, watchedAt: -1, _id: -1 } },
    { key: { viewerId: 1, shown: 1, unfinished: 1, watchedAt: -1, _id: -1 } },
    { key: { videoId: 1 } },
    { key: { shown: 1, removedAt: 1 } },
  ]);
  await ensureIndexes(o.viewers, [{ key: { clearedAt: 1 } }]);
}

/** What was watched, in MongoDB; events go out through `outbox`. */
export function mongoWatchings(o: {
  watchings: Collection<WatchingDocument>;
  viewers: Collection<ViewerDocument>;
  outbox: Outbox;
}): WatchingRepository {
  const { watchings, viewers, outbox } = o;

  return {
    keep: (some) =>
      withMongo(async () => {
        if (some.length === 0) return;
        const viewerIds = [...new Set(some.map(({ viewerId }) => viewerId))];
        const cleared = await viewers.find({ _id: { $in: viewerIds } }).toArray();
        const clearedAt = new Map(cleared.map((viewer) => [viewer._id, viewer.clearedAt]));
        const kept = some.filter(({ viewerId, watchedAt }) => watchedAt > (clearedAt.get(viewerId) ?? never));
        if (kept.length > 0) await watchings.bulkWrite(kept.flatMap(keepOne));
      }),

    countViews: (candidates) =>
      withMongo(async () => {
        if (candidates.length === 0) return;
        const { modifiedCount } = await watchings.bulkWrite(candidates.flatMap(countOne));
        if (modifiedCount > 0) outbox.notify();
      }),

    list: ({ viewerId, selection, after, limit }) =>
      withMongo(async () => {
        const mine: Filter<WatchingDocument> = {
          viewerId,
          shown: true,
          ...(selection === 'unfinished' ? { unfinished: true } : {}),
        };
        const page = (bounds: Filter<WatchingDocument>, most: number) =>
          watchings
            .find({ ...mine, ...bounds })
            .sort({ watchedAt: -1, _id: -1 })
            .limit(most)
            .toArray();
        if (after === undefined) return (await page({}, limit)).map(toWatching);
        // In two parts, each of which reads its index in order; together they are what an $or would sort anew.
        const watchedAt = new Date(after.watchedAt);
        const same = await page({ watchedAt, _id: { $lt: idOf({ viewerId, videoId: after.videoId }) } }, limit);
        const older = same.length < limit ? await page({ watchedAt: { $lt: watchedAt } }, limit - same.length) : [];
        return [...same, ...older].map(toWatching);
      }),

    remove: (viewerId, videoId, at) =>
      withMongo(async () => {
        const removal = { $set: { shown: false, unfinished: false }, $max: { removedAt: at } };
        if (videoId === undefined) {
          await viewers.updateOne({ _id: viewerId }, { $max: { clearedAt: at } }, { upsert: true });
          await watchings.updateMany({ viewerId, shown: true }, removal);
        } else {
          const _id = idOf({ viewerId, videoId });
          await watchings.bulkWrite([
            ensureOne({ viewerId, videoId }),
            { updateOne: { filter: { _id }, update: removal } },
          ]);
        }
      }),

    removeVideos: (videoIds) =>
      withMongo(async () => {
        await watchings.deleteMany({ videoId: { $in: [...videoIds] } });
      }),

    forgetRemovals: (before) =>
      withMongo(async () => {
        const marks = await watchings.deleteMany({ shown: false, removedAt: { $lt: before }, outbox: [] });
        const clearings = await viewers.deleteMany({ clearedAt: { $lt: before } });
        return marks.deletedCount + clearings.deletedCount;
      }),
  };
}

type Key = Pick<Watching, 'viewerId' | 'videoId'>;
type Operation = AnyBulkWriteOperation<WatchingDocument>;

const idOf = ({ viewerId, videoId }: Key): string => `${viewerId} ${videoId}`;

/** Makes the document where there is none, so that what follows is a plain update with conditions. */
function ensureOne({ viewerId, videoId }: Key): Operation {
  const blank: Omit<WatchingDocument, '_id'> = {
    viewerId,
    videoId,
    shown: false,
    unfinished: false,
    positionSeconds: 0,
    watchedAt: never,
    removedAt: never,
    countedHour: 0,
    countedSession: '',
    outbox: [],
  };
  return { updateOne: { filter: { _id: idOf({ viewerId, videoId }) }, update: { $setOnInsert: blank }, upsert: true } };
}

function keepOne(watching: Watching): Operation[] {
  const { positionSeconds, unfinished, watchedAt } = watching;
  const filter = { _id: idOf(watching), watchedAt: { $lt: watchedAt }, removedAt: { $lt: watchedAt } };
  const update = { $set: { shown: true, positionSeconds, unfinished, watchedAt } };
  return [ensureOne(watching), { updateOne: { filter, update } }];
}

/** The view and its event in one update: whatever is repeated or killed, it counts once. */
function countOne(candidate: ViewCandidate): Operation[] {
  const { viewerId, videoId, sessionId, hour } = candidate;
  const event = newEvent(videoViewed, {
    source: 'history',
    subject: videoId,
    data: { videoId, viewerId, sessionId },
  });
  const filter = { _id: idOf(candidate), countedHour: { $lt: hour }, countedSession: { $ne: sessionId } };
  const update = { $set: { countedHour: hour, countedSession: sessionId }, $push: { outbox: event } };
  return [ensureOne(candidate), { updateOne: { filter, update } }];
}

function toWatching({ viewerId, videoId, positionSeconds, unfinished, watchedAt }: WatchingDocument): Watching {
  return { viewerId, videoId, positionSeconds, unfinished, watchedAt };
}
