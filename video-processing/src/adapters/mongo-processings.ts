import { type EventContract, type FlixEvent, newEvent } from '@flixtube/chassis/messaging';
import { isDuplicateKey, withMongo } from '@flixtube/chassis/mongo';
import { ensureIndexes } from '@flixtube/chassis/mongo-indexes';
import type { Outbox } from '@flixtube/chassis/outbox';
import { currentTrace } from '@flixtube/chassis/trace';
import { videoProcessed } from '@flixtube/contracts/events/video-processed';
import { videoProcessingFailed } from '@flixtube/contracts/events/video-processing-failed';
import { videoProcessingProgressed } from '@flixtube/contracts/events/video-processing-progressed';
import type { Collection, Db, Filter, UpdateFilter } from 'mongodb';
import type { Piece, Plan, Probe } from '../domain/media.ts';
import type { ProcessingName, Processings } from '../domain/ports.ts';
import type { Processing, StoredPictures, StoredTexts } from '../domain/processing.ts';
import { type Task, taskCommand } from '../domain/task.ts';

/** A video, as it lies in the collection `processings`. */
export interface ProcessingDocument extends Omit<Processing, 'videoId' | 'plan' | 'pictures' | 'texts'> {
  /** The video's id. */
  _id: string;
  plan: StoredPlan | null;
  pictures: StoredPictures | null;
  /** Missing in a document that was written before there were any. */
  texts?: StoredTexts | null;
  /** When the state was changed last. */
  changedAt: Date;
  /** Tasks and events that follow from a change, written with it. */
  outbox: FlixEvent[];
}

/**
 * A plan whose pieces are the numbers of their first frames, with commas between them: of a day of video there are
 * thousands, and the document is read several times a task. A list is what versions before this one wrote.
 */
type StoredPlan = Omit<Plan, 'pieces'> & { pieces: string | Piece[] };

export function processingsCollection(db: Db): Collection<ProcessingDocument> {
  return db.collection<ProcessingDocument>('processings');
}

/** All queries are by _id, but those for marks of deleted videos that can be forgotten, and for what stands still. */
export async function prepareProcessings(db: Db): Promise<void> {
  await ensureIndexes(processingsCollection(db), [
    { key: { state: 1, changedAt: 1 } },
    { key: { state: 1, movedAt: 1 } },
  ]);
}

/** What is no longer needed of a processing that has ended. */
const nothing = { plan: null, queued: 0, pieces: [], sound: {}, pictures: null, texts: null };
const mostAtOnce = 100;
const unannounced = { seconds: 0, fraction: 0, manifest: null };

/** Processings in MongoDB; `outbox` passes tasks and events on. */
export function mongoProcessings(
  processings: Collection<ProcessingDocument>,
  outbox: Pick<Outbox, 'notify'>,
): Processings {
  /** One update of a processing that is in this state; whether it was. */
  async function change(
    { videoId: _id, processingId }: ProcessingName,
    state: Filter<ProcessingDocument>,
    update: UpdateFilter<ProcessingDocument>,
  ): Promise<boolean> {
    const { matchedCount } = await withMongo(() => processings.updateOne({ ...state, _id, processingId }, update));
    if (matchedCount === 1 && update.$push) outbox.notify(_id);
    return matchedCount === 1;
  }

  return {
    find: (videoId) =>
      withMongo(async () => {
        const found = await processings.findOne({ _id: videoId }, { projection: { outbox: 0 } });
        return found ? toProcessing(found) : undefined;
      }),

    begin: ({ videoId: _id, processingId }, source, tasks) =>
      withMongo(async () => {
        const fresh: Omit<ProcessingDocument, '_id' | 'kept' | 'outbox'> = {
          ...nothing,
          processingId,
          source,
          state: 'working',
          announced: unannounced,
          changedAt: new Date(),
          movedAt: new Date(),
        };
        const events = tasks.map(commandOf);
        const traceparent = currentTrace()?.traceparent;
        if (traceparent !== undefined) fresh.traceparent = traceparent;
        const older: Filter<ProcessingDocument> = {
          _id,
          processingId: { $lt: processingId },
          state: { $ne: 'deleted' },
        };
        const replace = () => processings.updateOne(older, { $set: fresh, $push: { outbox: { $each: events } } });
        let { matchedCount } = await replace();
        if (matchedCount === 0) {
          try {
            await processings.insertOne({ _id, ...fresh, kept: null, outbox: events });
            matchedCount = 1;
          } catch (error) {
            if (!isDuplicateKey(error)) throw error;
            // It may have been made just now, for an older one.
            ({ matchedCount } = await replace());
          }
        }
        if (matchedCount === 1) outbox.notify(_id);
        return matchedCount === 1;
      }),

    plan: (name, plan, queued, tasks) =>
      change(
        name,
        { state: 'working', plan: null },
        { $set: { plan: toStored(plan), queued, movedAt: new Date() }, $push: push(tasks.map(commandOf)) },
      ),

    addPiece: (name, index) =>
      change(name, { state: 'working' }, { $addToSet: { pieces: index }, $set: { movedAt: new Date() } }),

    addSound: (name, track, { seconds, whole }) =>
      change(
        name,
        { state: 'working' },
        {
          ...(seconds === undefined ? {} : { $max: { [`sound.${track}.seconds`]: seconds } }),
          $set: { movedAt: new Date(), ...(whole ? { [`sound.${track}.whole`]: true } : {}) },
        },
      ),

    async addPictures(name, pictures) {
      await change(name, { state: 'working', pictures: null }, { $set: { pictures, movedAt: new Date() } });
    },

    async addTexts(name, texts) {
      await change(name, { state: 'working', texts: null }, { $set: { texts, movedAt: new Date() } });
    },

    queue: ({ queued: before, ...name }, queued, tasks) =>
      change(name, { state: 'working', queued: before }, { $set: { queued }, $push: push(tasks.map(commandOf)) }),

    announce: ({ announced: { seconds, fraction, manifest }, ...name }, announced, data) =>
      change(
        name,
        {
          state: 'working',
          'announced.seconds': seconds,
          'announced.fraction': fraction,
          'announced.manifest': manifest,
        },
        { $set: { announced }, $push: push([eventOf(videoProcessingProgressed, data)]) },
      ),

    finish: (name, tasks) =>
      change(
        name,
        { state: 'working' },
        { $set: { state: 'finishing', changedAt: new Date(), movedAt: new Date() }, $push: push(tasks.map(commandOf)) },
      ),

    done: (name, attempts, data) =>
      change(
        name,
        { state: 'finishing' },
        {
          $set: {
            ...nothing,
            state: 'done',
            changedAt: new Date(),
            kept: { processingId: name.processingId, attempts },
          },
          $push: push([eventOf(videoProcessed, data)]),
        },
      ),

    fail: (name, data) =>
      change(
        name,
        { state: { $in: ['working', 'finishing'] } },
        {
          $set: { ...nothing, state: 'failed', changedAt: new Date() },
          $push: push([eventOf(videoProcessingFailed, data)]),
        },
      ),

    findStalled: (before) =>
      withMongo(async () => {
        const stalled = await processings
          .find({ state: { $in: ['working', 'finishing'] }, movedAt: { $lt: before } }, { projection: { outbox: 0 } })
          .sort({ movedAt: 1 })
          .limit(mostAtOnce)
          .toArray();
        return stalled.map(toProcessing);
      }),

    requeue({ movedAt, state, traceparent, ...name }, tasks) {
      // Of the trace of the upload, also when a sweep puts them into the queue.
      const commands = tasks.map((task) => ({ ...commandOf(task), ...(traceparent && { traceparent }) }));
      return change(name, { state, movedAt }, { $set: { movedAt: new Date() }, $push: push(commands) });
    },

    delete: (videoId) =>
      withMongo(async () => {
        await processings.updateOne(
          { _id: videoId },
          {
            $set: { ...nothing, state: 'deleted', kept: null, changedAt: new Date() },
            $setOnInsert: { processingId: '', announced: unannounced, movedAt: new Date(), outbox: [] },
          },
          { upsert: true },
        );
      }),

    forgetDeleted: (before) =>
      withMongo(async () => {
        const filter = { state: 'deleted' as const, changedAt: { $lt: before }, 'outbox.id': { $exists: false } };
        return (await processings.deleteMany(filter)).deletedCount;
      }),
  };
}

function toProcessing({ _id, plan, pictures, texts, ...rest }: Omit<ProcessingDocument, 'outbox'>): Processing {
  return {
    ...rest,
    videoId: _id,
    plan: plan && { ...plan, pieces: piecesOf(plan.pieces), probe: { ...nothingFound, ...plan.probe } },
    pictures: pictures ?? undefined,
    texts: texts ?? undefined,
  };
}

function toStored(plan: Plan): StoredPlan {
  return { ...plan, pieces: plan.pieces.map(({ firstFrame }) => firstFrame).join() };
}

function piecesOf(stored: string | Piece[]): Piece[] {
  if (typeof stored !== 'string') return stored;
  const firstFrames = stored === '' ? [] : stored.split(',').map(Number);
  return firstFrames.map((firstFrame, index) => {
    const next = firstFrames[index + 1];
    return { index, firstFrame, frames: next === undefined ? null : next - firstFrame };
  });
}

/** What the probe in a plan lacks that was made before it was looked for. */
const nothingFound = { texts: [], chapters: [] } satisfies Partial<Probe>;

function push(events: FlixEvent[]) {
  return { outbox: { $each: events } };
}

function commandOf(task: Task): FlixEvent {
  return eventOf(taskCommand, task);
}

function eventOf<T extends { videoId: string }>(contract: EventContract<T>, data: T): FlixEvent {
  return newEvent(contract, { source: 'video-processing', subject: data.videoId, data });
}
