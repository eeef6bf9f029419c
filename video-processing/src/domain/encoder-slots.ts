import type { Media } from './media.ts';

/**
 * Media that does so many things at a time, and has the others wait. A worker takes one task more than that, so that its
 * processors have something to do while what a task has made is stored. Sound and texts take no slot: they are little work,
 * but those of a long video take minutes, and a short one is not to wait for them.
 */
export function withSlots(media: Media, count: number): Media {
  const slots = new Slots(count);
  async function within<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    await slots.take(signal);
    try {
      return await work();
    } finally {
      slots.free();
    }
  }
  return {
    probe: (source, signal) => within(signal, () => media.probe(source, signal)),
    encodePiece: (job, signal) => within(signal, () => media.encodePiece(job, signal)),
    drawPictures: (job, signal) => within(signal, () => media.drawPictures(job, signal)),
    encodeSound: (job, signal) => media.encodeSound(job, signal),
    extractTexts: (job, signal) => media.extractTexts(job, signal),
  };
}

/** First come, first served. */
class Slots {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  /** Rejects with the signal's reason once it has aborted. */
  async take(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#free > 0) {
      this.#free -= 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const leave = () => {
        this.#waiting.splice(this.#waiting.indexOf(enter), 1);
        reject(signal.reason);
      };
      const enter = () => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      this.#waiting.push(enter);
      signal.addEventListener('abort', leave, { once: true });
    });
  }

  free(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free += 1;
    else next();
  }
}
