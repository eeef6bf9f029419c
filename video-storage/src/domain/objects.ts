import type { Readable } from 'node:stream';
import { DomainError } from '@flixtube/chassis/errors';
import { LRUCache } from 'lru-cache';
import { ObjectGone, type ObjectPage, type ObjectStore, type StoredObject } from './object-store.ts';
import type { Delivery, Receiver } from './receiver.ts';

/** An object never changes, but may be removed through another replica: so long may a HEAD here not know it yet. */
const KNOWN_MS = 5 * 60_000;
const MOST_KNOWN = 10_000;

/** The objects of the store, with what is known of them at hand, so that reading a range is one request to the store. */
export class Objects {
  readonly #store: ObjectStore;
  readonly #receiver: Receiver;
  readonly #onAsked: ((known: boolean) => void) | undefined;
  readonly #known = new LRUCache<string, StoredObject>({ max: MOST_KNOWN, ttl: KNOWN_MS });

  /** @param o.onAsked told, each time that an object is asked for, whether the store need not be */
  constructor(store: ObjectStore, receiver: Receiver, o: { onAsked?(known: boolean): void } = {}) {
    this.#store = store;
    this.#receiver = receiver;
    this.#onAsked = o.onAsked;
  }

  /** How many are known. */
  get size(): number {
    return this.#known.size;
  }

  /** @throws DomainError not-found */
  async get(key: string): Promise<StoredObject> {
    const known = this.#known.get(key);
    this.#onAsked?.(known !== undefined);
    const object = known ?? (await this.#store.find(key));
    if (object === undefined) throw notFound();
    this.#known.set(key, object);
    return object;
  }

  /** Opens bytes of an object, both ends included. @throws DomainError not-found when it was removed meanwhile */
  async read(object: StoredObject, range: { start: number; end: number }, signal: AbortSignal): Promise<Readable> {
    try {
      return await this.#store.read(object, range, signal);
    } catch (error) {
      if (!(error instanceof ObjectGone)) throw error;
      this.#known.delete(object.key);
      throw notFound(error);
    }
  }

  /** See Receiver.receive. */
  receive(delivery: Delivery): Promise<StoredObject> {
    return this.#receiver.receive(delivery);
  }

  /** Removes all under a prefix; how many there were. */
  async removeAll(prefix: string): Promise<number> {
    try {
      return await this.#store.removeAll(prefix);
    } finally {
      for (const key of this.#known.keys()) if (key.startsWith(prefix)) this.#known.delete(key);
    }
  }

  list(prefix: string, page: { limit: number; from: string | undefined }): Promise<ObjectPage> {
    return this.#store.list(prefix, page);
  }
}

function notFound(cause?: unknown): DomainError {
  return new DomainError('not-found', 'There is no file under this key.', { cause });
}
