import { type FlixEvent, newEvent } from '@flixtube/chassis/messaging';
import { isDuplicateKey, withMongo } from '@flixtube/chassis/mongo';
import { ensureIndexes } from '@flixtube/chassis/mongo-indexes';
import type { Outbox } from '@flixtube/chassis/outbox';
import { videoChanged } from '@flixtube/contracts/events/video-changed';
import { videoDeleted } from '@flixtube/contracts/events/video-deleted';
import { videoProcessingRequested } from '@flixtube/contracts/events/video-processing-requested';
import type { Collection, UpdateFilter } from 'mongodb';
import type { Video } from '../domain/video.ts';
import type { ListQuery, Position, Sort, VideoRepository } from '../domain/video-repository.ts';
import { firstPageEnds } from './first-page-ends.ts';
import { listOwn } from './mongo-own-videos.ts';
import { countViews } from './mongo-view-counts.ts';
import { FirstPages, readAfter, type Stretch } from './stretches.ts';
import type { VideoDocument } from './video-document.ts';
import {
  editable,
  newDocument,
  processed,
  type StoredVideo,
  type Tombstone,
  toVideo,
  videoFields,
} from './video-document.ts';

const source = 'metadata';

const keyOf = { newest: 'createdAt', popular: 'popularity', trending: 'trending' } as const satisfies Record<
  Sort,
  string
>;

interface Entry {
  video: Video;
  key: number;
}

/**
 * Which index serves which query. All others are by _id.
 *
 * | query | index |
 * | --- | --- |
 * | list by a sort | listed, its key, _id: in stretches of about a page, see stretches.ts |
 * | search, newest first | terms, createdAt, _id: by the rarest term, in order; the other terms are compared |
 * | search, in the other two orders | the rarest term's entries of that index, or the sort's own index, as the planner finds better |
 * | somebody's own, newest first | ownerId, createdAt, _id: see mongo-own-videos.ts |
 * | removed videos that can be forgotten | deletedAt |
 * | events to be published | outbox.id, made by the outbox |
 *
 * There is no index of terms for the other two sorts: each view would move hundreds of entries in it.
 */
export async function prepareVideos(collection: Collection<VideoDocument>): Promise<void> {
  await ensureIndexes(collection, [
    { key: { listed: 1, createdAt: -1, _id: -1 } },
    { key: { listed: 1, popularity: -1, _id: -1 } },
    { key: { listed: 1, trending: -1, _id: -1 } },
    { key: { terms: 1, createdAt: -1, _id: -1 } },
    { key: { ownerId: 1, createdAt: -1, _id: -1 } },
    { key: { deletedAt: 1 } },
  ]);
}

/** The catalogue in a MongoDB collection; its events go out through `outbox`. */
export function mongoVideos(o: { collection: Collection<VideoDocument>; outbox: Outbox }): VideoRepository {
  const { collection, outbox } = o;
  const tombstones = collection as unknown as Collection<Tombstone>;

  const firstPages = new FirstPages();

  /** Of the videos that a query finds, in order: those with keys in a stretch, or with just this key and a smaller id. */
  async function find(query: ListQuery, where: Stretch | Pick<Position, 'key' | 'id'>, most: number): Promise<Entry[]> {
    const [rarest, ...others] = query.terms ?? [];
    const key = keyOf[query.sort];
    const value = (of: number) => (query.sort === 'newest' ? new Date(of) : of);
    const range =
      'id' in where
        ? { [key]: value(where.key), _id: { $lt: where.id } }
        : {
            [key]: {
              ...(where.from === undefined ? {} : { $gte: value(where.from) }),
              ...(where.below === undefined ? {} : { $lt: value(where.below) }),
            },
          };
    const unbounded = !('id' in where) && where.from === undefined && where.below === undefined;
    const documents = await collection
      .find<StoredVideo & Pick<VideoDocument, (typeof keyOf)[Sort]>>(
        {
          ...(rarest === undefined ? { listed: true } : { terms: rarest }),
          ...(others.length > 0 ? { $and: others.map((terms) => ({ terms })) } : {}),
          ...(unbounded ? {} : range),
        },
        { projection: { ...videoFields, popularity: 1, trending: 1 } },
      )
      .sort({ [key]: -1, _id: -1 })
      .limit(most)
      .toArray();
    return documents.map((document) => {
      const { popularity: _popularity, trending: _trending, ...stored } = document;
      return { video: toVideo(stored), key: Number(document[key]) };
    });
  }

  /** The first so many after the page before. */
  async function findPage(query: ListQuery, count: number): Promise<Entry[]> {
    const { sort, terms, after } = query;
    if (after === undefined) {
      const list = JSON.stringify([sort, terms]);
      // A search in the other two orders has no index that a bound could cut.
      const guesses = terms === undefined || sort === 'newest' ? firstPageEnds(sort, new Date()) : [];
      return firstPages.read(
        list,
        count,
        guesses,
        ({ key }) => key,
        (stretch, most) => find(query, stretch, most),
      );
    }
    const ties = await find(query, after, count);
    if (ties.length >= count) return ties;
    const others = await readAfter(after, count - ties.length, (stretch, most) => find(query, stretch, most));
    return [...ties, ...others];
  }

  async function saveProcessing(video: Video, events: FlixEvent[]): Promise<boolean> {
    return withMongo(async () => {
      const { matchedCount } = await collection.updateOne(
        {
          _id: video.id,
          // Not what is left of a removed video.
          ownerId: video.ownerId,
          processingVersion: video.processingVersion - 1,
        },
        { $set: processed(video), ...(events.length > 0 ? { $push: { outbox: { $each: events } } } : {}) },
      );
      if (matchedCount > 0 && events.length > 0) outbox.notify(video.id);
      return matchedCount > 0;
    });
  }

  return {
    add: (video) =>
      withMongo(async () => {
        try {
          await collection.insertOne(newDocument(video));
        } catch (error) {
          if (!isDuplicateKey(error)) throw error;
        }
      }),

    find: (id) =>
      withMongo(async () => {
        const document = await collection.findOne<StoredVideo>({ _id: id }, { projection: { ...videoFields } });
        return document === null || isTombstone(document) ? undefined : toVideo(document);
      }),

    wasRemoved: (id) =>
      withMongo(async () => {
        const document = await collection.findOne<StoredVideo>({ _id: id }, { projection: { ownerId: 1 } });
        return document !== null && isTombstone(document);
      }),

    findAll: (ids) =>
      withMongo(async () => {
        const documents = await collection
          .find<StoredVideo>({ _id: { $in: [...ids] } }, { projection: { ...videoFields } })
          .toArray();
        return documents.filter((document) => !isTombstone(document)).map(toVideo);
      }),

    list: (query) =>
      withMongo(async () => {
        // One more than the page, to know whether there is another. Views that are counted between two stretches can
        // lift a video from the later one into the earlier, but never show it twice: keys only grow.
        const found = await findPage(query, query.limit + 1);
        const page = found.slice(0, query.limit);
        const [first, last] = [page[0], page.at(-1)];
        return {
          videos: page.map(({ video }) => video),
          next:
            first !== undefined && last !== undefined && found.length > page.length
              ? { key: last.key, id: last.video.id, span: first.key - last.key }
              : undefined,
        };
      }),

    listOwn: (query) => withMongo(() => listOwn(collection, query)),

    saveEdit: (video) =>
      withMongo(async () => {
        const { matchedCount } = await collection.updateOne(
          { _id: video.id, version: video.version - 1 },
          { $set: editable(video), $push: { outbox: changeOf(video) } },
        );
        if (matchedCount > 0) outbox.notify(video.id);
        return matchedCount > 0;
      }),

    saveProcessing: (video, announce) => saveProcessing(video, announce ? [changeOf(video)] : []),

    requestProcessing(video) {
      const { id: videoId, processingId, source: file } = video;
      const data = { videoId, source: file };
      const id = processingId as string;
      return saveProcessing(video, [newEvent(videoProcessingRequested, { source, subject: videoId, data, id })]);
    },

    saveCaptions: (video) =>
      withMongo(async () => {
        const { captions, removedCaptions, captionsVersion } = video;
        const { matchedCount } = await collection.updateOne(
          {
            _id: video.id,
            // Not what is left of a removed video.
            ownerId: video.ownerId,
            captionsVersion: captionsVersion - 1,
          },
          { $set: { captions, removedCaptions, captionsVersion }, $push: { outbox: changeOf(video) } },
        );
        if (matchedCount > 0) outbox.notify(video.id);
        return matchedCount > 0;
      }),

    remove: (video, at) =>
      withMongo(async () => {
        const data = { videoId: video.id, ownerId: video.ownerId };
        // Events of earlier changes that still wait stay before this one.
        const update: UpdateFilter<VideoDocument & Tombstone> = {
          $set: { deletedAt: at },
          $unset: everythingElse,
          $push: { outbox: newEvent(videoDeleted, { source, subject: video.id, data }) },
        };
        const { matchedCount } = await collection.updateOne(
          { _id: video.id, version: video.version },
          update as UpdateFilter<VideoDocument>,
        );
        if (matchedCount > 0) outbox.notify(video.id);
        return matchedCount > 0;
      }),

    countViews: (views) => withMongo(() => countViews(collection, views)),

    forgetRemoved: (before) =>
      withMongo(async () => {
        // Not before its video.deleted has gone out.
        const { deletedCount } = await tombstones.deleteMany({
          deletedAt: { $lt: before },
          'outbox.0': { $exists: false },
        });
        return deletedCount;
      }),
  };
}

/** What others need to know of it. */
function changeOf({ id: videoId, ownerId, title, visibility, durationSeconds }: Video): FlixEvent {
  const data = { videoId, ownerId, title, visibility, durationSeconds };
  return newEvent(videoChanged, { source, subject: videoId, data });
}

const everythingElse = { ...videoFields, listed: 1, terms: 1, popularity: 1, trending: 1, countedViews: 1 } as const;

/** A removed video has no owner any more. */
function isTombstone(document: Partial<StoredVideo>): boolean {
  return document.ownerId === undefined;
}
