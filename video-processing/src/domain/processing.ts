import type { VideoProcessed } from '@flixtube/contracts/events/video-processed';
import type { VideoSource } from '@flixtube/contracts/events/video-uploaded';
import type { MediaFailure, Plan } from './media.ts';
import type { Task } from './task.ts';

/** Poster and storyboard, as others are told of them. */
export interface StoredPictures {
  poster: VideoProcessed['poster'];
  storyboard: VideoProcessed['storyboard'];
}

/** Subtitles and chapters that the file has, as others are told of them. */
export interface StoredTexts {
  captions: VideoProcessed['captions'];
  chapters: VideoProcessed['chapters'];
}

/** How far a sound track is. */
interface SoundProgress {
  /** From the beginning, without a gap. */
  seconds: number;
  /** Nothing more will come. */
  whole: boolean;
}

/**
 * One video's way through here, the newest one.
 *
 * working: there is still something to encode; finishing: all is encoded; done, failed, deleted: nothing comes any more.
 */
export interface Processing {
  videoId: string;
  processingId: string;
  state: 'working' | 'finishing' | 'done' | 'failed' | 'deleted';
  source: VideoSource;
  /** Null until the file was probed. */
  plan: Plan | null;
  /** How many pieces were put into the queue so far. */
  queued: number;
  /** Indexes of the pieces that are encoded, in no order. */
  pieces: number[];
  /** By sound track; those that nothing is known of yet are left out. */
  sound: Record<string, SoundProgress>;
  /** Undefined until they are drawn. */
  pictures: StoredPictures | undefined;
  /** Undefined until they are written; for ever where there are none. */
  texts: StoredTexts | undefined;
  /** When something of it was done last. */
  movedAt: Date;
  /** W3C trace context of what began it; missing where that had none. */
  traceparent?: string;
  /** What was published last. */
  announced: { seconds: number; fraction: number; manifest: string | null };
  /** What the last processing that was done has left in video-storage: names of attempts. */
  kept: { processingId: string; attempts: string[] } | null;
}

/** What a failure says to others. */
export type Failure = Pick<MediaFailure, 'kind' | 'message' | 'retriable'>;

/** Where everything of a video lies that was made here. */
export function madeFolders(videoId: string): string[] {
  return [`videos/${videoId}/hls/`, `videos/${videoId}/pictures/`, `videos/${videoId}/texts/`];
}

/** Where an attempt writes. What counts is decided afterwards, so no two attempts share a folder. */
export function attemptFolder(
  what: 'hls' | 'pictures' | 'texts',
  { videoId, processingId }: Pick<Processing, 'videoId' | 'processingId'>,
  attempt: string,
): string {
  return `videos/${videoId}/${what}/${processingId}/${attempt}/`;
}

/** Whether there is something to write down; not in a file like most. */
function hasTexts({ probe }: Plan): boolean {
  return probe.texts.length + probe.chapters.length > 0;
}

/** Frames a second of what is made. */
function frameRateOf(plan: Plan): number {
  const { num, den } = plan.probe.picture?.frameRate ?? { num: 1, den: 1 };
  return num / den;
}

/** Seconds from the beginning that every track has; Infinity when every track is whole. */
export function sharedSeconds({ plan, pieces, sound }: Processing): number {
  if (plan === null) return 0;
  const done = new Set(pieces);
  const missing = plan.pieces.find(({ index }) => !done.has(index));
  const ofPicture = missing === undefined ? Number.POSITIVE_INFINITY : missing.firstFrame / frameRateOf(plan);
  const ofSound = plan.probe.sound.map((_, track) => {
    const progress = sound[String(track)];
    return progress?.whole ? Number.POSITIVE_INFINITY : (progress?.seconds ?? 0);
  });
  return Math.min(ofPicture, ...ofSound);
}

/** How much of the work is done, from 0 to below 1; pictures take most of it, by far. */
export function fractionOf({ plan, pieces, sound, pictures, texts }: Processing): number {
  if (plan === null) return 0;
  const seconds = Math.max(plan.probe.durationSeconds, 0.001);
  const tracks = plan.probe.sound.map((_, track) => {
    const progress = sound[String(track)];
    return progress?.whole ? 1 : Math.min(1, (progress?.seconds ?? 0) / seconds);
  });
  const shares = [
    ...(plan.pieces.length > 0 ? [{ weight: 85, done: pieces.length / plan.pieces.length }] : []),
    ...tracks.map((done) => ({ weight: 10 / tracks.length, done })),
    { weight: 4, done: pictures === undefined ? 0 : 1 },
    ...(hasTexts(plan) ? [{ weight: 1, done: texts === undefined ? 0 : 1 }] : []),
    // Finishing.
    { weight: 1, done: 0 },
  ];
  const whole = shares.reduce((sum, { weight }) => sum + weight, 0);
  return shares.reduce((sum, { weight, done }) => sum + weight * done, 0) / whole;
}

/** Whether there is nothing left to encode, to draw or to write down. */
export function isEncoded(processing: Processing): boolean {
  const { plan, pieces, sound, pictures, texts } = processing;
  return (
    plan !== null &&
    pieces.length >= plan.pieces.length &&
    plan.probe.sound.every((_, track) => sound[String(track)]?.whole === true) &&
    pictures !== undefined &&
    (texts !== undefined || !hasTexts(plan))
  );
}

/** The tasks that are or were in the queue and of which nothing has come yet. */
export function openTasks(processing: Processing): Task[] {
  const { videoId, processingId, state, plan, queued, pieces, sound, pictures, texts } = processing;
  const of = (kind: Task['kind'], index = 0): Task => ({ videoId, processingId, kind, index });
  if (state === 'finishing') return [of('finish')];
  if (plan === null) return [of('probe')];
  const done = new Set(pieces);
  return [
    ...plan.pieces.slice(0, queued).flatMap(({ index }) => (done.has(index) ? [] : [of('piece', index)])),
    ...plan.probe.sound.flatMap((_, track) => (sound[String(track)]?.whole ? [] : [of('audio', track)])),
    ...(pictures === undefined ? [of('pictures')] : []),
    ...(texts === undefined && hasTexts(plan) ? [of('texts')] : []),
  ];
}

/** The tasks that a plan begins with, in their order: the first piece, all sound, the next pieces, pictures, texts. */
export function firstTasks({ videoId, processingId }: Processing, plan: Plan, window: number): Task[] {
  const of = (kind: Task['kind'], index = 0): Task => ({ videoId, processingId, kind, index });
  const [first, ...next] = plan.pieces.slice(0, window).map(({ index }) => of('piece', index));
  const sound = plan.probe.sound.map((_, track) => of('audio', track));
  return [...(first ? [first] : []), ...sound, ...next, of('pictures'), ...(hasTexts(plan) ? [of('texts')] : [])];
}
