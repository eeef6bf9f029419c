import { type FlixEvent, newEvent } from '@flixtube/chassis/messaging';
import { withMongo } from '@flixtube/chassis/mongo';
import { ensureIndexes } from '@flixtube/chassis/mongo-indexes';
import type { Outbox } from '@flixtube/chassis/outbox';
import { videoViewed } from '@flixtube/contracts/events/video-viewed';
import type { AnyBulkWriteOperation, Collection, Filter, UpdateFilter } from 'mongodb';
import { unfinishedRange, type ViewCandidate, type Watching } from '../domain/watching.ts';
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
  /** When the document was made. */
  since: Date;
  /** The last hour that counted as a view. */
  countedHour: number;
  /** Marks of the hours and sessions that counted last, oldest first. */
  counted: string[];
  outbox: FlixEvent[];
}

/** When a viewer removed everything, for watchings that were not known then. */
export interface ViewerDocument {
  _id: string;
  clearedAt: Date;
}

const never = new Date(0);

/**
 * Marks that a document keeps, two for each view that counted. A viewer has as many views of a video as hours in which they
 * watched it, so what is forgotten is a session of at least 32 such hours ago.
 */
const marksKept = 64;
const marksAtMost = 2 * marksKept;

/**
 * Which index serves which query. All others are by _id.
 *
 * | query | index |
 * | --- | --- |
 * | history, the last watched first | viewerId, shown, watchedAt, _id |
 * | continue watching | viewerId, shown, unfinished, watchedAt, _id |
 * | all watchings of a video | videoId |
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

  /** When each of these viewers last removed everything. */
  async function clearings(of: readonly { viewerId: string }[]): Promise<Map<string, Date>> {
    const viewerIds = [...new Set(of.map(({ viewerId }) => viewerId))];
    const cleared = await viewers.find({ _id: { $in: viewerIds } }).toArray();
    return new Map(cleared.map((viewer) => [viewer._id, viewer.clearedAt]));
  }

  /** Removed by name, so that marks which are added at the same moment stay; $slice is not in every engine. */
  async function forgetOldMarks(candidates: readonly ViewCandidate[]): Promise<void> {
    const ids = [...new Set(candidates.map(idOf))];
    const full = await watchings
      .find({ _id: { $in: ids }, [`counted.${marksAtMost - 1}`]: { $exists: true } })
      .project<Pick<WatchingDocument, '_id' | 'counted'>>({ counted: 1 })
      .toArray();
    for (const { _id, counted } of full) {
      await watchings.updateOne({ _id }, { $pullAll: { counted: counted.slice(0, -marksKept) } });
    }
  }

  return {
    keep: (some) =>
      withMongo(async () => {
        if (some.length === 0) return;
        const clearedBefore = await clearings(some);
        const kept = some.filter(({ viewerId, watchedAt }) => watchedAt > (clearedBefore.get(viewerId) ?? never));
        if (kept.length === 0) return;
        await watchings.bulkWrite(kept.flatMap(keepOne));
        // Who removed everything since then may have done so before these were there to be removed.
        const clearedNow = await clearings(kept);
        for (const { viewerId, videoId, watchedAt } of kept) {
          const clearedAt = clearedNow.get(viewerId) ?? never;
          if (watchedAt > clearedAt) continue;
          const filter = { _id: idOf({ viewerId, videoId }), watchedAt: { $lte: clearedAt } };
          await watchings.updateOne(filter, removal(clearedAt));
        }
      }),

    countViews: (candidates) =>
      withMongo(async () => {
        if (candidates.length === 0) return;
        await watchings.bulkWrite(candidates.flatMap(countOne));
        for (const candidate of candidates) outbox.notify(idOf(candidate));
        await forgetOldMarks(candidates);
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
        if (videoId === undefined) {
          await viewers.updateOne({ _id: viewerId }, { $max: { clearedAt: at } }, { upsert: true });
          await watchings.updateMany({ viewerId, shown: true }, removal(at));
        } else {
          const _id = idOf({ viewerId, videoId });
          await watchings.bulkWrite([
            ensureOne({ viewerId, videoId }),
            { updateOne: { filter: { _id }, update: removal(at) } },
          ]);
        }
      }),

    setDuration: (videoId, seconds) =>
      withMongo(async () => {
        const { from, below } = unfinishedRange(seconds);
        const known = { videoId, shown: true };
        await watchings.updateMany(
          { ...known, positionSeconds: { $gt: seconds } },
          { $set: { positionSeconds: seconds } },
        );
        await watchings.updateMany(
          { ...known, positionSeconds: { $gte: from, $lt: below } },
          { $set: { unfinished: true } },
        );
        await watchings.updateMany({ ...known, positionSeconds: { $lt: from } }, { $set: { unfinished: false } });
        await watchings.updateMany({ ...known, positionSeconds: { $gte: below } }, { $set: { unfinished: false } });
      }),

    removeVideos: (videoIds) =>
      withMongo(async () => {
        await watchings.deleteMany({ videoId: { $in: [...videoIds] } });
      }),

    forgetRemovals: (before) =>
      withMongo(async () => {
        // Not before its views are published, and are too old to count once more.
        const marks = await watchings.deleteMany({
          shown: false,
          removedAt: { $lt: before },
          since: { $lt: before },
          countedHour: { $lt: Math.floor(before.getTime() / 3600_000) },
          'outbox.0': { $exists: false },
        });
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
    since: new Date(),
    countedHour: 0,
    counted: [],
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

function removal(at: Date): UpdateFilter<WatchingDocument> {
  return { $set: { shown: false, unfinished: false }, $max: { removedAt: at } };
}

/** The view, its marks and its event in one update: whatever is repeated or killed, it counts once. */
function countOne(candidate: ViewCandidate): Operation[] {
  const { viewerId, videoId, sessionId, hour, at } = candidate;
  const event = newEvent(videoViewed, {
    source: 'history',
    subject: videoId,
    time: at.toISOString(),
    data: { videoId, viewerId, sessionId },
  });
  // A session's mark begins with a space, so that none passes for an hour.
  const marks = [String(hour), ` ${sessionId}`];
  const filter = { _id: idOf(candidate), counted: { $nin: marks } };
  const update: UpdateFilter<WatchingDocument> = {
    $max: { countedHour: hour },
    $push: { counted: { $each: marks }, outbox: event },
  };
  return [ensureOne(candidate), { updateOne: { filter, update } }];
}

function toWatching({ viewerId, videoId, positionSeconds, unfinished, watchedAt }: WatchingDocument): Watching {
  return { viewerId, videoId, positionSeconds, unfinished, watchedAt };
}
