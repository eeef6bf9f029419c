import { DomainError, isTransient } from '@flixtube/chassis/errors';
import { LRUCache } from 'lru-cache';
import type { PlayableVideo, VideoCatalogue } from './playable-video.ts';

/** How long an answer of the catalogue is taken for true while its changes are heard. */
const freshMs = 30_000;
/** How long it may still serve while the catalogue cannot be asked. */
const staleMs = 10 * 60_000;
const mostVideos = 10_000;

interface Entry {
  video: PlayableVideo;
  askedAt: number;
}

/**
 * Who may play what. The catalogue is asked once a video; its answer is kept while `hearsChanges` says that every
 * change of it would be heard, and forgotten as soon as one is.
 */
export class PlayableVideos {
  readonly #catalogue: VideoCatalogue;
  readonly #hearsChanges: () => boolean;
  readonly #onAsked: ((known: boolean) => void) | undefined;
  readonly #entries = new LRUCache<string, Entry>({ max: mostVideos });
  readonly #asking = new Map<string, Promise<PlayableVideo | undefined>>();

  /** @param o.onAsked told, each time that a video is asked for, whether the catalogue need not be */
  constructor(o: { catalogue: VideoCatalogue; hearsChanges(): boolean; onAsked?(known: boolean): void }) {
    this.#catalogue = o.catalogue;
    this.#hearsChanges = o.hearsChanges;
    this.#onAsked = o.onAsked;
  }

  /** How many are known. */
  get size(): number {
    return this.#entries.size;
  }

  /**
   * The video, for a viewer who may play it.
   * @throws DomainError 'not-found' when there is none, or none for this viewer: to others a private one does not exist;
   * 'unavailable' and its like when that cannot be found out now
   */
  async find(videoId: string, viewerId: string): Promise<PlayableVideo> {
    const video = await this.#find(videoId);
    if (video === undefined || (video.visibility === 'private' && video.ownerId !== viewerId)) {
      throw new DomainError('not-found', 'There is no such video, or it is not for you to see.');
    }
    return video;
  }

  /** A video changed or is gone: it has to be asked for again, also by those who are asking just now. */
  forget(videoId: string): void {
    this.#entries.delete(videoId);
    this.#asking.delete(videoId);
  }

  /** Changes may have been missed: nothing that is known can be trusted. */
  forgetAll(): void {
    this.#entries.clear();
    this.#asking.clear();
  }

  async #find(videoId: string): Promise<PlayableVideo | undefined> {
    const known = this.#hearsChanges() ? this.#entries.get(videoId) : undefined;
    const age = known === undefined ? Number.POSITIVE_INFINITY : performance.now() - known.askedAt;
    this.#onAsked?.(age < freshMs);
    if (known !== undefined && age < freshMs) return known.video;
    try {
      return await this.#ask(videoId);
    } catch (error) {
      if (known !== undefined && age < staleMs && known.video.visibility !== 'private' && isTransient(error)) {
        return known.video;
      }
      throw error;
    }
  }

  /** Asks the catalogue, once for all who want to know at the same time. */
  #ask(videoId: string): Promise<PlayableVideo | undefined> {
    const asking = this.#asking.get(videoId);
    if (asking !== undefined) return asking;
    const askedAt = performance.now();
    const answer: Promise<PlayableVideo | undefined> = this.#catalogue.find(videoId).then(
      (video) => {
        // An answer that was overtaken by a change is given to those who asked before it, and not kept.
        if (this.#asking.get(videoId) !== answer) return video;
        this.#asking.delete(videoId);
        if (video === undefined) this.#entries.delete(videoId);
        else if (this.#hearsChanges()) this.#entries.set(videoId, { video, askedAt });
        return video;
      },
      (error: unknown) => {
        if (this.#asking.get(videoId) === answer) this.#asking.delete(videoId);
        throw error;
      },
    );
    this.#asking.set(videoId, answer);
    return answer;
  }
}
