import { newId } from '@flixtube/chassis/ids';
import type { Lifecycle } from './lifecycle.ts';
import { type EncodedPart, type Media, MediaFailure, type Plan, type Probe } from './media.ts';
import type {
  Folders,
  ObjectStore,
  Outcome,
  PartName,
  Parts,
  Processings,
  ServedSource,
  StoredTrack,
} from './ports.ts';
import { attemptFolder, firstTasks, type Processing, type StoredTexts } from './processing.ts';
import type { Task } from './task.ts';
import { chaptersVtt, named } from './texts.ts';

export interface StepsOptions {
  lifecycle: Lifecycle;
  processings: Processings;
  parts: Parts;
  objects: ObjectStore;
  media: Media;
  planOf(probe: Probe): Plan;
  folders: Folders;
}

/** One attempt at a task. */
export interface Attempt {
  task: Task;
  attempt: string;
  processing: Processing;
  source: ServedSource;
  /** For files, of this attempt alone. */
  folder: string;
  signal: AbortSignal;
}

/** What each kind of task does, once. */
export class Steps {
  readonly #o: StepsOptions;

  constructor(options: StepsOptions) {
    this.#o = options;
  }

  /** @throws MediaFailure for what the file or its encoder is to blame for */
  async take(attempt: Attempt): Promise<void> {
    const { plan } = attempt.processing;
    if (attempt.task.kind === 'probe') return this.#probe(attempt);
    if (plan === null) return;
    if (attempt.task.kind === 'audio') return this.#encodeSound(attempt, plan);
    if (attempt.task.kind === 'piece') return this.#encodePiece(attempt, plan);
    if (attempt.task.kind === 'texts') return this.#keepTexts(attempt, plan);
    return this.#drawPictures(attempt, plan);
  }

  /** Notes with the processing what came out of a task; again, when that is not sure. */
  async note(task: Task, { pictures, texts }: Outcome): Promise<void> {
    if (task.kind === 'piece') await this.#o.processings.addPiece(task, task.index);
    if (task.kind === 'audio') await this.#o.processings.addSound(task, task.index, { whole: true });
    if (task.kind === 'pictures' && pictures) await this.#o.processings.addPictures(task, pictures);
    if (task.kind === 'texts' && texts) await this.#o.processings.addTexts(task, texts);
  }

  /** For a task whose failure is no reason to fail the video; answers whether this is one. */
  async doWithout(task: Task): Promise<boolean> {
    if (task.kind === 'pictures') await this.#o.processings.addPictures(task, { poster: null, storyboard: null });
    else if (task.kind === 'texts') await this.#o.processings.addTexts(task, { captions: [], chapters: null });
    else return false;
    return true;
  }

  async #probe({ task, source, processing, signal }: Attempt): Promise<void> {
    if (processing.plan !== null) return;
    const plan = this.#o.planOf(await this.#o.media.probe(source, signal));
    const { pieces, probe } = plan;
    if (pieces.length + probe.sound.length === 0) {
      throw new MediaFailure('unsupported', 'There is neither picture nor sound in this file.');
    }
    const window = Math.min(pieces.length, this.#o.lifecycle.window);
    await this.#o.processings.plan(task, plan, window, firstTasks(processing, plan, window));
  }

  async #encodePiece({ task, attempt, processing, source, folder, signal }: Attempt, plan: Plan): Promise<void> {
    const piece = plan.pieces[task.index];
    if (piece === undefined) return;
    const encoded = await this.#o.media.encodePiece({ source, plan, piece, folder }, signal);
    const target = attemptFolder('hls', processing, attempt);
    const tracks = await this.#cleaningUp(target, () =>
      allOf(encoded.map((part) => this.#store(part, `${target}${part.track}.m4s`, signal))),
    );
    await this.#settle(task, attempt, { tracks }, [target]);
    await this.note(task, { tracks });
  }

  /** In parts that count as they come, so that the beginning can be played before all of it is there. */
  async #encodeSound({ task, processing, source, folder, signal }: Attempt, plan: Plan): Promise<void> {
    const { processings, lifecycle, media, folders, parts } = this.#o;
    let number = 0;
    let seconds = 0;
    for await (const encoded of media.encodeSound({ source, plan, track: task.index, folder }, signal)) {
      await this.#keepSound({ ...task, kind: 'sound', number }, encoded, processing, signal);
      await folders.remove(encoded.file);
      number += 1;
      seconds += encoded.segments.reduce((sum, { ticks }) => sum + ticks, 0) / encoded.timescale;
      if (!(await processings.addSound(task, task.index, { seconds }))) return;
      await lifecycle.advance(task);
    }
    await parts.commit(task, newId(), { tracks: [] });
    await this.note(task, { tracks: [] });
  }

  async #keepSound(name: PartName, encoded: EncodedPart, processing: Processing, signal: AbortSignal): Promise<void> {
    const attempt = newId();
    // A task that is done again comes to the same parts, since the encoder does the same each time.
    const { outcome } = await this.#o.parts.start(name, attempt);
    if (outcome !== null) return;
    const target = attemptFolder('hls', processing, attempt);
    const stored = await this.#cleaningUp(target, () => this.#store(encoded, `${target}${encoded.track}.m4s`, signal));
    await this.#settle(name, attempt, { tracks: [stored] }, [target]);
  }

  async #drawPictures({ task, attempt, processing, source, folder, signal }: Attempt, plan: Plan): Promise<void> {
    const drawn = await this.#o.media.drawPictures({ source, plan, folder }, signal);
    const target = attemptFolder('pictures', processing, attempt);
    const put = async (name: string, content: { head?: Buffer; file?: string }) => {
      await this.#o.objects.put(`${target}${name}`, content, signal);
      return `${target}${name}`;
    };
    const pictures = await this.#cleaningUp(target, async () => {
      if (drawn === null) return { poster: null, storyboard: null };
      const poster = { key: await put('poster.jpg', { file: drawn.poster }), contentType: 'image/jpeg' };
      if (drawn.storyboard === null) return { poster, storyboard: null };
      const sprites: string[] = [];
      for (const [index, file] of drawn.storyboard.sprites.entries())
        sprites.push(await put(`sprite-${index}.jpg`, { file }));
      // Relative to /api/videos/:id/storyboard.vtt.
      const text = drawn.storyboard.vtt((index) => `storyboard/${processing.processingId}/${index}.jpg`);
      return { poster, storyboard: { vtt: await put('storyboard.vtt', { head: Buffer.from(text) }), sprites } };
    });
    const outcome = { tracks: [], pictures };
    if (await this.#settle(task, attempt, outcome, [target])) await this.note(task, outcome);
  }

  async #keepTexts({ task, attempt, processing, source, folder, signal }: Attempt, plan: Plan): Promise<void> {
    const { texts: tracks, chapters, durationSeconds } = plan.probe;
    const extracted = tracks.length === 0 ? [] : await this.#o.media.extractTexts({ source, plan, folder }, signal);
    const target = attemptFolder('texts', processing, attempt);
    const put = async (name: string, content: { head?: Buffer; file?: string }) => {
      await this.#o.objects.put(`${target}${name}`, content, signal);
      return `${target}${name}`;
    };
    const texts = await this.#cleaningUp(target, async () => {
      const captions: StoredTexts['captions'] = [];
      for (const { language, label, file } of named(extracted, tracks))
        captions.push({ language, label, key: await put(`${language}.vtt`, { file }) });
      const vtt = chaptersVtt(chapters, durationSeconds);
      return { captions, chapters: vtt === null ? null : await put('chapters.vtt', { head: Buffer.from(vtt) }) };
    });
    const outcome = { tracks: [], texts };
    if (await this.#settle(task, attempt, outcome, [target])) await this.note(task, outcome);
  }

  /** Stores a track of a part: its initialization segment, and its segments after that. */
  async #store(part: EncodedPart, key: string, signal: AbortSignal): Promise<StoredTrack> {
    const { track, timescale, codecs, init, file } = part;
    await this.#o.objects.put(key, { head: init, file }, signal);
    const moved = <T extends { start: number }>(bytes: T): T => ({ ...bytes, start: bytes.start + init.length });
    const segments = part.segments.map((segment) => ({
      ...moved(segment),
      keyframes: segment.keyframes.map(moved),
    }));
    return { track, timescale, codecs, key, initLength: init.length, segments };
  }

  /** Nothing that was written so far can count when this fails. */
  async #cleaningUp<T>(target: string, write: () => Promise<T>): Promise<T> {
    try {
      return await write();
    } catch (error) {
      // What cannot be removed now is when the processing ends.
      await this.#o.objects.removeFolder(target).catch(() => {});
      throw error;
    }
  }

  /**
   * Has one attempt count; the others remove what they have written. When it is not known whether this one does, since
   * the answer got lost, nothing is removed: the task comes again, and finds out.
   */
  async #settle(name: PartName, attempt: string, outcome: Outcome, written: string[]): Promise<boolean> {
    const counts = await this.#o.parts.commit(name, attempt, outcome);
    if (!counts) for (const folder of written) await this.#o.objects.removeFolder(folder);
    return counts;
  }
}

/** All of them; when one fails, only once none is under way any more. */
async function allOf<T>(work: Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(work);
  return Promise.all(work);
}
