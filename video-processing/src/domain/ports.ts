import type { VideoProcessed } from '@flixtube/contracts/events/video-processed';
import type { VideoProcessingFailed } from '@flixtube/contracts/events/video-processing-failed';
import type { VideoProcessingProgressed } from '@flixtube/contracts/events/video-processing-progressed';
import type { VideoSource } from '@flixtube/contracts/events/video-uploaded';
import type { EncodedSegment, Plan, Source } from './media.ts';
import type { Processing, StoredPictures, StoredTexts } from './processing.ts';
import type { Task } from './task.ts';

/** Names a processing: an older one of the same video is none of its business. */
export type ProcessingName = Pick<Processing, 'videoId' | 'processingId'>;

/**
 * The videos' processings. Each change is one atomic update that names the state before it, together with the tasks and
 * the events that follow from it; false means that the state was another one, and nothing has changed.
 */
export interface Processings {
  find(videoId: string): Promise<Processing | undefined>;
  /** Begins a processing, with its first task, unless the video has one that is as new, or is deleted. */
  begin(name: ProcessingName, source: VideoSource, tasks: Task[]): Promise<boolean>;
  /** Notes the plan of one that has none, and puts its first tasks into the queue. */
  plan(name: ProcessingName, plan: Plan, queued: number, tasks: Task[]): Promise<boolean>;
  /** Notes that a piece is encoded; false when the processing no longer works. */
  addPiece(name: ProcessingName, index: number): Promise<boolean>;
  /** Notes how far a sound track is; false when the processing no longer works. */
  addSound(name: ProcessingName, track: number, progress: { seconds?: number; whole?: true }): Promise<boolean>;
  /** Unless it is known already what they are. */
  addPictures(name: ProcessingName, pictures: StoredPictures): Promise<void>;
  /** Unless it is known already what they are. */
  addTexts(name: ProcessingName, texts: StoredTexts): Promise<void>;
  /** Puts further pieces into the queue, when it has seen as many as `processing.queued` before. */
  queue(processing: Processing, queued: number, tasks: Task[]): Promise<boolean>;
  /** Says how far it is, when what was said before is what `processing.announced` has. */
  announce(
    processing: Processing,
    announced: Processing['announced'],
    event: VideoProcessingProgressed,
  ): Promise<boolean>;
  /** From working to finishing. */
  finish(name: ProcessingName, tasks: Task[]): Promise<boolean>;
  /** From finishing to done. */
  done(name: ProcessingName, attempts: string[], event: VideoProcessed): Promise<boolean>;
  /** From working or finishing to failed. */
  fail(name: ProcessingName, event: VideoProcessingFailed): Promise<boolean>;
  /** Processings under way of which nothing has become more since then. */
  findStalled(before: Date): Promise<Processing[]>;
  /** Puts tasks into the queue once more, and counts that as a change; unless there was one meanwhile. */
  requeue(processing: Processing, tasks: Task[]): Promise<boolean>;
  /** Remembers that a video is deleted, also one that was never heard of. */
  delete(videoId: string): Promise<void>;
  /** Forgets videos that were deleted before then; answers how many. */
  forgetDeleted(before: Date): Promise<number>;
}

/** One track of a part, as it lies in video-storage. */
export interface StoredTrack {
  track: string;
  timescale: number;
  codecs: string;
  key: string;
  /** The initialization segment, at the beginning of the object. */
  initLength: number;
  /** Offsets in the object. */
  segments: EncodedSegment[];
}

/** What is done as a whole or not at all: a task, or about a minute of a sound track. */
export interface PartName extends ProcessingName {
  kind: Task['kind'] | 'sound';
  index: number;
  /** Of a sound track: which minute. */
  number?: number;
}

/** What came out of a part. */
export interface Outcome {
  tracks: StoredTrack[];
  pictures?: StoredPictures;
  texts?: StoredTexts;
}

interface Part {
  /** Null until it is done. */
  outcome: Outcome | null;
  /** How often it was begun and not given back; and how often it has failed. */
  starts: number;
  failures: number;
}

export interface StoredPart {
  kind: PartName['kind'];
  index: number;
  number: number;
  attempt: string;
  tracks: StoredTrack[];
}

/** The parts of processings. */
export interface Parts {
  /** Counts a start and notes the attempt's name, so that what it leaves behind can be found; unless it is done. */
  start(name: PartName, attempt?: string): Promise<Part>;
  /** Takes a start back: it was ended from outside. */
  giveBack(name: PartName): Promise<void>;
  /** Counts a failure; answers how many there are. */
  addFailure(name: PartName): Promise<number>;
  /** Decides for this attempt, if none was before; answers whether it is the one that counts. */
  commit(name: PartName, attempt: string, outcome: Outcome): Promise<boolean>;
  /** What counts of a processing, in the order of index and number. */
  committed(processingId: string): AsyncIterable<StoredPart>;
  /** Names of all attempts that were ever made for a video, and for which processing. */
  attempts(videoId: string): Promise<{ processingId: string; attempts: string[] }[]>;
  /** Forgets the parts of a video's processings up to this one, or all. */
  forget(videoId: string, newest?: string): Promise<void>;
}

/** video-storage. */
export interface ObjectStore {
  /** Stores some bytes, and those of a file after them, write-once. */
  put(key: string, content: { head?: Buffer; file?: string }, signal: AbortSignal): Promise<void>;
  /** The keys under a prefix, in order. */
  list(prefix: string): AsyncIterable<string>;
  /** Removes all in a folder, which ends with a slash, and what was on its way there. */
  removeFolder(folder: string): Promise<void>;
}

/** An uploaded file within reach of programs on this machine, for the time of a task. */
export interface ServedSource extends Source {
  /** Why its bytes could not be had at some time, if that was so: what read them knows only that they broke off. */
  failure(): unknown;
  close(): void;
}

export interface Sources {
  serve(source: VideoSource): ServedSource;
}

/** Temporary folders of tasks. */
export interface Folders {
  make(): Promise<string>;
  remove(folder: string): Promise<void>;
}

/** What is worth a line in the log. */
export interface Log {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}
