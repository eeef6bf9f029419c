import { newId, timeOf } from '@flixtube/chassis/ids';
import type { VideoSource } from '@flixtube/contracts/events/video-uploaded';
import { lengthOf, manifestOf } from './manifest.ts';
import { MediaFailure } from './media.ts';
import type { ObjectStore, Parts, ProcessingName, Processings, StoredPart } from './ports.ts';
import {
  attemptFolder,
  type Failure,
  fractionOf,
  isEncoded,
  madeFolders,
  openTasks,
  type Processing,
  sharedSeconds,
} from './processing.ts';
import type { ProcessingMeter } from './processing-meter.ts';

export interface LifecycleOptions {
  processings: Processings;
  parts: Parts;
  objects: ObjectStore;
  /** How many pieces of one video are in the queue at a time. */
  window: number;
  meter: ProcessingMeter;
}

/** Viewers are told of more when it is at least so much of the whole. */
const worthSaying = 0.05;
const most = 0.99;

/**
 * What becomes of a video's processing: when it begins, what comes next, when it ends. Whatever is done here may be
 * repeated at any time, by any worker and by several at once: each decision is one atomic update, and what was written
 * for one that was lost is removed, at the latest when the processing ends.
 */
export class Lifecycle {
  readonly #o: LifecycleOptions;

  constructor(options: LifecycleOptions) {
    this.#o = options;
  }

  /** How many pieces of one video are in the queue at a time. */
  get window(): number {
    return this.#o.window;
  }

  /** Begins to process a video, unless that is known already or it is deleted. A newer processing replaces an older. */
  async begin(name: ProcessingName, source: VideoSource): Promise<boolean> {
    return this.#o.processings.begin(name, source, [{ ...name, kind: 'probe', index: 0 }]);
  }

  /** The processing, when there is still something to do for it. */
  async current({ videoId, processingId }: ProcessingName): Promise<Processing | undefined> {
    const processing = await this.#o.processings.find(videoId);
    if (processing?.processingId !== processingId) return undefined;
    return processing.state === 'working' || processing.state === 'finishing' ? processing : undefined;
  }

  /** Does what follows from what is done: more pieces into the queue, word of how far it is, the last task. */
  async advance(name: ProcessingName): Promise<void> {
    for (;;) {
      const processing = await this.current(name);
      if (processing?.state !== 'working' || processing.plan === null) return;
      if (isEncoded(processing)) {
        await this.#o.processings.finish(name, [{ ...name, kind: 'finish', index: 0 }]);
        return;
      }
      // Lost to another worker: what it has seen may be less than what we have.
      if ((await this.#queueMore(processing)) && (await this.#sayMore(processing))) return;
    }
  }

  async #queueMore(processing: Processing): Promise<boolean> {
    const { videoId, processingId, plan, queued, pieces } = processing;
    const wanted = plan?.pieces.slice(queued, pieces.length + this.#o.window) ?? [];
    if (wanted.length === 0) return true;
    const tasks = wanted.map(({ index }) => ({ videoId, processingId, kind: 'piece' as const, index }));
    return this.#o.processings.queue(processing, queued + wanted.length, tasks);
  }

  async #sayMore(processing: Processing): Promise<boolean> {
    const { videoId, processingId, announced, plan } = processing;
    const length = plan?.probe.durationSeconds ?? 0;
    const seconds = Math.min(sharedSeconds(processing), Math.max(length, announced.seconds));
    const fraction = Math.max(announced.fraction, Math.min(most, fractionOf(processing)));
    const isMore =
      seconds > announced.seconds && (announced.seconds === 0 || seconds - announced.seconds >= worthSaying * length);
    if (!isMore && fraction - announced.fraction < worthSaying) return true;
    const written = isMore ? await this.#writeManifest(processing, seconds) : undefined;
    const manifest = written?.key ?? announced.manifest;
    const said = await this.#o.processings.announce(
      processing,
      { seconds: written ? seconds : announced.seconds, fraction, manifest },
      { videoId, processingId, fraction, playable: manifest !== null, manifest },
    );
    if (said && written && announced.manifest === null) this.#o.meter.playable(secondsSince(processingId));
    if (!said && written) await this.#o.objects.removeFolder(written.folder);
    return said;
  }

  /** Undefined when there is nothing to be played yet. */
  async #writeManifest(processing: Processing, seconds: number) {
    const { processingId, plan } = processing;
    if (plan === null) return undefined;
    const parts = await this.#o.parts.committed(processingId);
    const manifest = manifestOf(processingId, plan, parts, { seconds, complete: false });
    if (manifest.video.length + manifest.audio.length === 0) return undefined;
    return this.#store(processing, manifest);
  }

  async #store(processing: Processing, manifest: object): Promise<{ key: string; folder: string; attempt: string }> {
    const attempt = newId();
    const folder = attemptFolder('hls', processing, attempt);
    const key = `${folder}manifest.json`;
    // It takes no longer than any request, so it is not broken off.
    await this.#o.objects.put(key, { head: Buffer.from(JSON.stringify(manifest)) }, new AbortController().signal);
    return { key, folder, attempt };
  }

  /**
   * The last task. Says that all is done, and then removes what is of no use any more; killed in between, the task
   * comes again and does the rest.
   * @throws MediaFailure when nothing at all could be had of the file
   */
  async finish(name: ProcessingName): Promise<void> {
    const processing = await this.current(name);
    if (processing?.state !== 'finishing' || processing.plan === null) return;
    const {
      plan,
      pictures = { poster: null, storyboard: null },
      texts = { captions: [], chapters: null },
    } = processing;
    const { videoId, processingId } = name;
    const parts = await this.#o.parts.committed(processingId);
    const manifest = manifestOf(processingId, plan, parts, { seconds: Number.POSITIVE_INFINITY, complete: true });
    if (manifest.video.length + manifest.audio.length === 0) {
      throw new MediaFailure('unreadable', 'Neither pictures nor sound could be read from this file.');
    }
    const written = await this.#store(processing, manifest);
    const { picture } = plan.probe;
    const shown = manifest.video.length > 0 ? picture : null;
    const isDone = await this.#o.processings.done(name, [...attemptsOf(parts, processing), written.attempt], {
      videoId,
      processingId,
      durationSeconds: lengthOf(manifest),
      width: shown?.width ?? null,
      height: shown?.height ?? null,
      renditions: manifest.video.map(({ name: rendition, width, height }) => ({ name: rendition, width, height })),
      manifest: written.key,
      poster: pictures.poster,
      storyboard: pictures.storyboard,
      ...texts,
    });
    if (!isDone) {
      await this.#o.objects.removeFolder(written.folder);
      return;
    }
    const seconds = secondsSince(processingId);
    if (processing.announced.manifest === null) this.#o.meter.playable(seconds);
    this.#o.meter.ready(seconds);
  }

  /** Ends a processing for good. */
  async fail(name: ProcessingName, { kind, message, retriable }: Failure): Promise<void> {
    const isFirst = await this.#o.processings.fail(name, { ...name, kind, detail: message, retriable });
    if (isFirst) this.#o.meter.failed(kind);
  }

  /**
   * Puts the tasks of processings that stand still into the queue again: a broker that has lost its data, or someone who
   * has cleared its queues, must not leave videos waiting for ever. Where the tasks were only waiting, some come twice.
   */
  async resume(before: Date): Promise<number> {
    let resumed = 0;
    for (const processing of await this.#o.processings.findStalled(before)) {
      if (await this.#o.processings.requeue(processing, openTasks(processing))) resumed += 1;
    }
    return resumed;
  }

  /** A video is deleted: nothing of it is made any more, and what was made goes. */
  async delete(videoId: string): Promise<void> {
    await this.#o.processings.delete(videoId);
    await this.clear(videoId);
  }

  /**
   * Removes everything that was made of a video and is of no use: all but what its last processing that was done has
   * left. Nothing while one is under way, which may need it. Called by every task that has nothing to do any more, so
   * that it happens also when a worker was killed in the middle of it.
   */
  async clear(videoId: string): Promise<void> {
    const processing = await this.#o.processings.find(videoId);
    if (processing === undefined || processing.state === 'working' || processing.state === 'finishing') return;
    const folders = processing.state === 'deleted' ? madeFolders(videoId) : await this.#uselessFolders(processing);
    for (const folder of folders) await this.#o.objects.removeFolder(folder);
    await this.#o.parts.forget(videoId, processing.state === 'deleted' ? undefined : processing.processingId);
  }

  /** Only of this processing and older ones: a newer one may have begun meanwhile. */
  async #uselessFolders({ videoId, processingId: newest, kept }: Processing): Promise<Iterable<string>> {
    const folders = new Set<string>();
    const add = (folder: string, processingId: string, attempt: string) => {
      if (processingId > newest) return;
      if (processingId !== kept?.processingId) folders.add(`${folder}${processingId}/`);
      else if (!kept.attempts.includes(attempt)) folders.add(`${folder}${processingId}/${attempt}/`);
    };
    for (const folder of madeFolders(videoId)) {
      for await (const key of this.#o.objects.list(folder)) {
        const [processingId = '', attempt = ''] = key.slice(folder.length).split('/');
        add(folder, processingId, attempt);
      }
    }
    // Those that left nothing whole, which a list of objects does not show.
    for (const { processingId, attempts } of await this.#o.parts.attempts(videoId)) {
      for (const attempt of attempts) for (const folder of madeFolders(videoId)) add(folder, processingId, attempt);
    }
    return folders;
  }
}

/** Since the event that asked for a processing, whose id names it: an upload ended, or someone wants it again. */
function secondsSince(processingId: string): number {
  return Math.max(0, Date.now() - timeOf(processingId).getTime()) / 1_000;
}

/** Those whose outcome is named by what is published; pictures and texts may have come too late for that. */
function attemptsOf(parts: StoredPart[], { pictures, texts }: Processing): string[] {
  const keys = [pictures?.poster?.key, texts?.chapters, ...(texts?.captions ?? []).map(({ key }) => key)];
  const isNamed = ({ kind, attempt }: StoredPart) =>
    (kind !== 'pictures' && kind !== 'texts') || keys.some((key) => key?.includes(`/${attempt}/`));
  return [...new Set(parts.filter(isNamed).map(({ attempt }) => attempt))];
}
