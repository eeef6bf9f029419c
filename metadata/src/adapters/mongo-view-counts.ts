import { createHash } from 'node:crypto';
import type { AnyBulkWriteOperation, Collection } from 'mongodb';
import type { NewViews } from '../domain/video-repository.ts';
import type { VideoDocument } from './video-document.ts';

/**
 * A view is counted and its mark is kept in one atomic update, which does not match a document that has the mark already:
 * counted once, however often it is told. The marks are the video's last 1,000 to 2,000 views. An event comes again while
 * it is unacknowledged, or when its publisher died before noting that it was published: within seconds, or at the
 * publisher's restart. Of one video, no more than the 200 that a consumer has in hand can be counted meanwhile by each
 * replica in the first case, and what viewers watch in that time in the second. 1,000 views are more than that by far,
 * and keep the document below 50 KB.
 */
const marksKept = 1_000;
const marksAtMost = 2 * marksKept;

interface MarkedViews {
  videoId: string;
  views: Map<string, number>;
}

/** Counts views, and answers the ids of videos that are unknown. */
export async function countViews(
  collection: Collection<VideoDocument>,
  newViews: readonly NewViews[],
): Promise<string[]> {
  let left: MarkedViews[] = newViews.map(({ videoId, views }) => ({
    videoId,
    views: new Map(views.map(({ eventId, weight }) => [markOf(eventId), weight])),
  }));
  const unknown: string[] = [];
  while (left.length > 0) {
    const { matchedCount } = await collection.bulkWrite(left.map(counting), { ordered: false });
    if (matchedCount === left.length) break;
    // Some of them had been counted before, or belong to no video: look, and go on with what is really new.
    const looked = await lookUp(
      collection,
      left.map(({ videoId }) => videoId),
    );
    unknown.push(...left.filter(({ videoId }) => !looked.has(videoId)).map(({ videoId }) => videoId));
    left = left
      .map(({ videoId, views }) => {
        // What is left of a removed video has no marks, and counts nothing.
        const counted = looked.get(videoId) ?? [...views.keys()];
        const isNew = ([mark]: [string, number]) => !counted.includes(mark);
        return { videoId, views: new Map([...views].filter(isNew)) };
      })
      .filter(({ views }) => views.size > 0);
  }
  await forgetOldMarks(
    collection,
    newViews.map(({ videoId }) => videoId),
  );
  return unknown;
}

function counting({ videoId, views }: MarkedViews): AnyBulkWriteOperation<VideoDocument> {
  const marks = [...views.keys()];
  const weight = [...views.values()].reduce((sum, one) => sum + one, 0);
  return {
    updateOne: {
      // What is left of a removed video has no version.
      filter: { _id: videoId, version: { $gt: 0 }, countedViews: { $nin: marks } },
      update: {
        $inc: { viewCount: marks.length, popularity: marks.length, trending: weight },
        $push: { countedViews: { $each: marks } },
      },
    },
  };
}

/** The marks of each video that is or was there; undefined for one that was removed. */
async function lookUp(
  collection: Collection<VideoDocument>,
  ids: readonly string[],
): Promise<Map<string, string[] | undefined>> {
  const found = await collection
    .find<Pick<VideoDocument, '_id'> & Partial<Pick<VideoDocument, 'countedViews'>>>(
      { _id: { $in: [...ids] } },
      { projection: { countedViews: 1 } },
    )
    .toArray();
  return new Map(found.map(({ _id, countedViews }) => [_id, countedViews]));
}

/** Removed by name, so that marks which are added at the same moment stay; $slice is not in every engine. */
async function forgetOldMarks(collection: Collection<VideoDocument>, ids: readonly string[]): Promise<void> {
  const full = await collection
    .find({ _id: { $in: [...ids] }, [`countedViews.${marksAtMost - 1}`]: { $exists: true } })
    .project<Pick<VideoDocument, '_id' | 'countedViews'>>({ countedViews: 1 })
    .toArray();
  for (const { _id, countedViews } of full) {
    await collection.updateOne({ _id }, { $pullAll: { countedViews: countedViews.slice(0, -marksKept) } });
  }
}

/** 72 bits of the event's id: enough to tell a few thousand apart, and short. */
function markOf(eventId: string): string {
  return createHash('sha256').update(eventId).digest('base64url').slice(0, 12);
}
