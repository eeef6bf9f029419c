import type { Quality } from './source.ts';

/** A quality to choose, in the shape that media-chrome's menu reads. */
export interface Rendition extends Quality {
  id: string;
}

/**
 * The qualities of what a video element plays, as `video.videoRenditions`, where media-chrome's quality menu looks for
 * them. An index of -1 is "auto".
 */
export class Renditions extends Array<Rendition> {
  readonly #events = new EventTarget();
  #selected = -1;

  static override get [Symbol.species]() {
    return Array;
  }

  addEventListener(...of: Parameters<EventTarget['addEventListener']>): void {
    this.#events.addEventListener(...of);
  }

  removeEventListener(...of: Parameters<EventTarget['removeEventListener']>): void {
    this.#events.removeEventListener(...of);
  }

  get selectedIndex(): number {
    return this.#selected;
  }

  set selectedIndex(index: number) {
    if (index === this.#selected) return;
    this.#selected = index;
    this.#events.dispatchEvent(new Event('change'));
  }

  /** The chosen height in pixels, null for auto. */
  get chosen(): number | null {
    return this[this.#selected]?.height ?? null;
  }

  /** These are there now; what was chosen stays chosen where it is among them. */
  offer(qualities: readonly Quality[]): void {
    const chosen = this.chosen;
    this.length = 0;
    this.push(...qualities.map((quality, index) => ({ ...quality, id: String(index) })));
    this.#selected = chosen === null ? -1 : this.findIndex(({ height }) => height === chosen);
    this.#events.dispatchEvent(new Event('addrendition'));
  }
}

const key = 'videoRenditions';

/** The qualities of an element; they are put on it when they are first asked for. */
export function renditionsOf(video: HTMLVideoElement): Renditions {
  const owner = video as HTMLVideoElement & { [key]?: Renditions };
  owner[key] ??= new Renditions();
  return owner[key];
}
