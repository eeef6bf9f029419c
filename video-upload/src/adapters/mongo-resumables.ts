import { withMongo } from '@flixtube/chassis/mongo';
import { Binary, type Collection } from 'mongodb';
import type { ResumableRecords } from '../domain/resumable/ports.ts';
import type { Advance, ResumableUpload } from '../domain/resumable/upload.ts';
import type { UploadDocument } from './mongo-uploads.ts';

/** An upload in pieces is a document like that of any other upload, and this beside it. */
interface ResumableDocument extends UploadDocument {
  lengthBytes: number;
  offset: number;
  metadata: string;
  expiresAt: Date;
  /** The ids that each step has added, with spaces between: not every engine nests lists. */
  blocks: string[];
  tail: Binary;
  hashState?: Binary;
  contentType?: string;
  /** Who holds it; nobody's once `leaseUntil` has passed. */
  leaseToken: string;
  leaseUntil: Date;
  /** Ended by its owner after it had become a video. */
  ended?: boolean;
}

type Facts = Omit<ResumableDocument, 'blocks'>;

const unfinished = { $in: ['uploading' as const, 'arrived' as const] };
const longAgo = new Date(0);
/** May grow to some megabytes, and is needed at the end only. */
const withoutBlocks = { blocks: 0 };
const MOST_LEFT_BEHIND = 20;

/** Records of uploads in pieces, in the same collection as all others, so that one commit point serves all. */
export function mongoResumables(collection: Collection<UploadDocument>): ResumableRecords {
  const uploads = collection as unknown as Collection<ResumableDocument>;

  const countOf = (ownerId: string) =>
    withMongo(() => uploads.countDocuments({ ownerId, state: unfinished, expiresAt: { $gt: new Date() } }));

  return {
    async create({ videoId, state: _, ...upload }, most) {
      if ((await countOf(upload.ownerId)) >= most) return false;
      const document: ResumableDocument = {
        _id: videoId,
        state: 'uploading',
        ...upload,
        heartbeatAt: upload.startedAt,
        blocks: [],
        tail: new Binary(Buffer.alloc(0)),
        leaseToken: '',
        leaseUntil: longAgo,
        outbox: [],
      };
      await withMongo(() => uploads.insertOne(document));
      // Of several at the same time none may be one too many.
      if ((await countOf(upload.ownerId)) <= most) return true;
      await withMongo(() => uploads.deleteOne({ _id: videoId }));
      return false;
    },

    async find(uploadId, ownerId) {
      const found = await withMongo(() =>
        uploads.findOne(
          { _id: uploadId, ownerId, lengthBytes: { $exists: true } },
          { projection: { ...withoutBlocks, tail: 0 } },
        ),
      );
      return found === null || found.ended === true ? undefined : uploadOf(found as Facts);
    },

    async lease({ uploadId, token }, { ownerId, offset, until }) {
      const now = new Date();
      const free = { state: 'uploading' as const, expiresAt: { $gt: now }, leaseUntil: { $lt: now } };
      const mine = { $set: { leaseToken: token, leaseUntil: until } };
      const { matchedCount } = await withMongo(() =>
        uploads.updateOne({ _id: uploadId, ownerId, offset, ...free }, mine),
      );
      if (matchedCount === 0) return undefined;
      const found = await withMongo(() =>
        uploads.findOne({ _id: uploadId, leaseToken: token }, { projection: withoutBlocks }),
      );
      if (found === null) return undefined;
      const progress = { tail: bytesOf(found.tail), hashState: found.hashState && bytesOf(found.hashState) };
      return { upload: uploadOf(found as Facts), progress };
    },

    async renew({ uploadId, token }, until) {
      const { matchedCount } = await withMongo(() =>
        uploads.updateOne({ _id: uploadId, leaseToken: token, state: 'uploading' }, { $set: { leaseUntil: until } }),
      );
      return matchedCount === 1;
    },

    async release({ uploadId, token }) {
      await withMongo(() =>
        uploads.updateOne({ _id: uploadId, leaseToken: token }, { $set: { leaseToken: '', leaseUntil: longAgo } }),
      );
    },

    async advance({ uploadId, token }, advance, until) {
      const { from, to, blocks, isWhole } = advance;
      const mine = { _id: uploadId, leaseToken: token };
      const change = {
        $set: {
          ...stepOf(advance),
          state: isWhole ? ('arrived' as const) : ('uploading' as const),
          leaseUntil: until.lease,
          expiresAt: until.expires,
        },
        ...(blocks.length === 0 ? {} : { $push: { blocks: blocks.join(' ') } }),
      };
      const { matchedCount } = await withMongo(() =>
        uploads.updateOne({ ...mine, state: 'uploading', offset: from }, change),
      );
      if (matchedCount === 1) return true;
      // A try before this one, whose answer was lost, may have done it.
      const done = await withMongo(() => uploads.findOne({ ...mine, offset: to }, { projection: { _id: 1 } }));
      return done !== null;
    },

    async arrived(uploadId) {
      const found = await withMongo(() => uploads.findOne({ _id: uploadId, state: 'arrived' }));
      if (found?.hashState === undefined || found.contentType === undefined) return undefined;
      const { blocks, hashState, contentType } = found;
      return {
        upload: uploadOf(found),
        blocks: blocks.flatMap((ids) => ids.split(' ')),
        hashState: bytesOf(hashState),
        contentType,
      };
    },

    async end(uploadId, ownerId) {
      const owned = { _id: uploadId, ownerId, lengthBytes: { $exists: true } };
      const ending = { $set: { state: 'abandoned' as const, heartbeatAt: new Date() } };
      const { matchedCount: ended } = await withMongo(() => uploads.updateOne({ ...owned, state: unfinished }, ending));
      if (ended === 1) {
        const left = await withMongo(() => uploads.findOne(owned, { projection: { ...withoutBlocks, tail: 0 } }));
        const quiet = left !== null && left.offset < left.lengthBytes && left.leaseUntil < new Date();
        return { wasStored: false, quiet };
      }
      const { matchedCount } = await withMongo(() =>
        uploads.updateOne({ ...owned, state: 'stored', ended: { $exists: false } }, { $set: { ended: true } }),
      );
      return matchedCount === 1 ? { wasStored: true, quiet: true } : undefined;
    },

    async leftBehind() {
      const found = await withMongo(() =>
        uploads
          .find({ state: 'arrived', leaseUntil: { $lt: new Date() } }, { projection: { _id: 1 } })
          .limit(MOST_LEFT_BEHIND)
          .toArray(),
      );
      return found.map(({ _id }) => _id);
    },

    async expire() {
      const now = new Date();
      const { modifiedCount } = await withMongo(() =>
        uploads.updateMany(
          { state: unfinished, expiresAt: { $lt: now }, leaseUntil: { $lt: now } },
          // So old that the sweep takes it at once.
          { $set: { state: 'abandoned', heartbeatAt: longAgo } },
        ),
      );
      return modifiedCount;
    },
  };
}

function stepOf({ to, tail, hashState, contentType }: Advance) {
  return {
    offset: to,
    tail: new Binary(tail),
    hashState: new Binary(hashState),
    ...(contentType === undefined ? {} : { contentType }),
  };
}

function uploadOf(found: Facts | ResumableDocument): ResumableUpload {
  const { _id: videoId, ownerId, title, description, visibility, startedAt, lengthBytes, offset, metadata } = found;
  const state = found.state === 'abandoned' || found.state === 'receiving' ? 'removed' : found.state;
  // Expired, though no sweep has been by yet.
  const isOver = state === 'uploading' && found.expiresAt < new Date() && found.leaseUntil < new Date();
  return {
    videoId,
    ownerId,
    title,
    description,
    visibility,
    startedAt,
    state: isOver ? 'removed' : state,
    lengthBytes,
    offset,
    metadata,
    expiresAt: found.expiresAt,
  };
}

function bytesOf(binary: Binary): Uint8Array {
  return binary.value();
}
