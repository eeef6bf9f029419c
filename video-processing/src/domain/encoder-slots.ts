import type { Media, Plan } from './media.ts';

/** What there is for encoders on this machine. */
export interface Capacity {
  /** So many at a time. */
  encoders: number;
  /** In bytes, for all of them together. */
  memoryBytes: number;
}

/** What of it is taken now. */
export interface SlotsInUse {
  readonly encoders: number;
  readonly bytes: number;
  /** How many wait for their turn. */
  readonly waiting: number;
}

/**
 * Media that does as much at a time as there is room for, and has the rest wait. A worker takes one task more than it has
 * slots, so that its processors have something to do while what a task has made is stored. Sound and texts take no slot:
 * they are little work, but that of a long video takes minutes, and a short one is not to wait for it.
 */
export function withSlots(media: Media, slots: EncoderSlots): Media {
  async function within<T>(bytes: number, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    await slots.take(bytes, signal);
    try {
      return await work();
    } finally {
      slots.free(bytes);
    }
  }
  return {
    ...media,
    probe: (source, signal) => within(bytesOfSmall, signal, () => media.probe(source, signal)),
    encodePiece: (job, signal) => within(bytesOfPiece(job.plan), signal, () => media.encodePiece(job, signal)),
    drawPictures: (job, signal) => within(bytesOfSmall, signal, () => media.drawPictures(job, signal)),
  };
}

const mebibyte = 2 ** 20;
const bytesOfSmall = 128 * mebibyte;
/** x264 keeps the pictures that it looks ahead at; measured: 73 to 85 bytes a pixel of all renditions, and HDR more. */
const bytesOfPixel = { usual: 90, hdr: 150 };

/** About what encoding a piece takes: 370 MiB for the five renditions of 1080p, 1.2 GiB for the seven of 2160p. */
export function bytesOfPiece({ renditions, probe }: Pick<Plan, 'renditions' | 'probe'>): number {
  const pixels = renditions.reduce((sum, { width, height }) => sum + width * height, 0);
  return 64 * mebibyte + pixels * (probe.picture?.hdr ? bytesOfPixel.hdr : bytesOfPixel.usual);
}

/** First come, first served, so that what needs much gets its turn. What needs more than there is goes alone. */
export class EncoderSlots implements SlotsInUse {
  readonly #capacity: Capacity;
  #encoders = 0;
  #bytes = 0;
  readonly #waiting: { bytes: number; enter: () => void }[] = [];

  constructor(capacity: Capacity) {
    this.#capacity = capacity;
  }

  get encoders(): number {
    return this.#encoders;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** Rejects with the signal's reason once it has aborted. */
  async take(bytes: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      const leave = () => {
        this.#waiting.splice(this.#waiting.indexOf(one), 1);
        reject(signal.reason);
        // It may have stood before one that there is room for.
        this.#admit();
      };
      const one = {
        bytes,
        enter: () => {
          signal.removeEventListener('abort', leave);
          resolve();
        },
      };
      this.#waiting.push(one);
      signal.addEventListener('abort', leave, { once: true });
      this.#admit();
    });
  }

  free(bytes: number): void {
    this.#encoders -= 1;
    this.#bytes -= bytes;
    this.#admit();
  }

  #admit(): void {
    for (let next = this.#waiting[0]; next !== undefined && this.#hasRoom(next.bytes); next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#encoders += 1;
      this.#bytes += next.bytes;
      next.enter();
    }
  }

  #hasRoom(bytes: number): boolean {
    if (this.#encoders === 0) return true;
    return this.#encoders < this.#capacity.encoders && this.#bytes + bytes <= this.#capacity.memoryBytes;
  }
}
