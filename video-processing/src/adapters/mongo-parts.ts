import { isDuplicateKey, withMongo } from '@flixtube/chassis/mongo';
import { ensureIndexes } from '@flixtube/chassis/mongo-indexes';
import type { Collection, Db } from 'mongodb';
import type { EncodedSegment } from '../domain/media.ts';
import type { Outcome, PartName, Parts, StoredTrack } from '../domain/ports.ts';

/** A part of a processing, as it lies in the collection `parts`. */
export interface PartDocument {
  /** `<processingId>/<kind>/<index>/<number>` */
  _id: string;
  videoId: string;
  processingId: string;
  kind: PartName['kind'];
  index: number;
  number: number;
  starts: number;
  failures: number;
  /** Names of all attempts that write objects. */
  attempts: string[];
  done: boolean;
  /** The one that counts, and what came out of it. */
  attempt: string | null;
  outcome: PackedOutcome | null;
}

/** Segments are a text, which costs the database less than some dozens of documents within one. */
type PackedOutcome = Omit<Outcome, 'tracks'> & { tracks: (Omit<StoredTrack, 'segments'> & { segments: string })[] };

/** A hundred pieces of a long video would be some MB. */
const partsAtATime = 20;

export function partsCollection(db: Db): Collection<PartDocument> {
  return db.collection<PartDocument>('parts');
}

/** Queries are by _id, by processing in order, and by video. */
export async function prepareParts(db: Db): Promise<void> {
  await ensureIndexes(partsCollection(db), [
    { key: { processingId: 1, kind: 1, index: 1, number: 1 } },
    { key: { videoId: 1 } },
  ]);
}

/** Parts in MongoDB. */
export function mongoParts(parts: Collection<PartDocument>): Parts {
  return {
    start: (name, attempt) =>
      withMongo(async () => {
        const { videoId, processingId, kind, index, number = 0 } = name;
        const _id = idOf(name);
        const blank = {
          ...{ videoId, processingId, kind, index, number },
          ...{ starts: 0, failures: 0, attempts: [], done: false, attempt: null, outcome: null },
        };
        // Inserted first: FerretDB 1's findOneAndUpdate knows no $setOnInsert, and its updateOne drops nulls from one.
        try {
          await parts.insertOne({ _id, ...blank });
        } catch (error) {
          if (!isDuplicateKey(error)) throw error;
        }
        const begun = await parts.findOneAndUpdate(
          { _id, done: false },
          { $inc: { starts: 1 }, ...(attempt === undefined ? {} : { $push: { attempts: attempt } }) },
          { returnDocument: 'after' },
        );
        const { starts, failures, outcome } = begun ?? (await parts.findOne({ _id })) ?? blank;
        return { starts, failures, outcome: outcome && unpacked(outcome) };
      }),

    giveBack: (name) =>
      withMongo(async () => {
        await parts.updateOne({ _id: idOf(name), done: false }, { $inc: { starts: -1 } });
      }),

    addFailure: (name) =>
      withMongo(async () => {
        const changed = await parts.findOneAndUpdate(
          { _id: idOf(name) },
          { $inc: { failures: 1 } },
          { returnDocument: 'after' },
        );
        return changed?.failures ?? 1;
      }),

    commit: (name, attempt, outcome) =>
      withMongo(async () => {
        const _id = idOf(name);
        const { matchedCount } = await parts.updateOne(
          { _id, done: false },
          { $set: { done: true, attempt, outcome: packed(outcome) } },
        );
        // It may have been decided by a try before this one, whose answer was lost.
        return matchedCount === 1 || (await parts.findOne({ _id, attempt })) !== null;
      }),

    async *committed(processingId) {
      const done = parts
        .find({ processingId, done: true, kind: { $in: ['piece', 'sound', 'pictures', 'texts'] } })
        .sort({ kind: 1, index: 1, number: 1 })
        .batchSize(partsAtATime);
      try {
        for (let part = await withMongo(() => done.next()); part; part = await withMongo(() => done.next())) {
          const { kind, index, number, attempt, outcome } = part;
          if (attempt === null) continue;
          yield { kind, index, number, attempt, tracks: outcome === null ? [] : unpacked(outcome).tracks };
        }
      } finally {
        await done.close();
      }
    },

    attempts: (videoId) =>
      withMongo(() =>
        parts
          .find({ videoId })
          .project<{ processingId: string; attempts: string[] }>({ _id: 0, processingId: 1, attempts: 1 })
          .toArray(),
      ),

    forget: (videoId, newest) =>
      withMongo(async () => {
        await parts.deleteMany({ videoId, ...(newest === undefined ? {} : { processingId: { $lte: newest } }) });
      }),
  };
}

function idOf({ processingId, kind, index, number = 0 }: PartName): string {
  return `${processingId}/${kind}/${index}/${number}`;
}

function packed(outcome: Outcome): PackedOutcome {
  const tracks = outcome.tracks.map((track) => ({ ...track, segments: JSON.stringify(track.segments) }));
  return { ...outcome, tracks };
}

function unpacked(outcome: PackedOutcome): Outcome {
  // As they are in parts that were made before they were packed, of a video that an update came upon half done.
  const segmentsOf = (stored: string | EncodedSegment[]): EncodedSegment[] =>
    typeof stored === 'string' ? JSON.parse(stored) : stored;
  return { ...outcome, tracks: outcome.tracks.map((track) => ({ ...track, segments: segmentsOf(track.segments) })) };
}
