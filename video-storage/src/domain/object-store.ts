import type { Readable } from 'node:stream';

/** What is known of a stored object. Objects are written once and never change. */
export interface StoredObject {
  key: string;
  sizeBytes: number;
  /** Sniffed from its first bytes. */
  contentType: string;
  /** Of all its bytes, in lowercase hexadecimal. */
  sha256: string;
  storedAt: Date;
}

export interface ListedObject {
  key: string;
  sizeBytes: number;
  etag: string;
  storedAt: Date;
}

/** An object in the making: its blocks are kept apart from everyone else's, and nobody sees them before the commit. */
export interface StagedObject {
  /** Takes the next block; several may be on their way at once. `bytes` is not kept after the promise has settled. */
  stage(bytes: Buffer, signal: AbortSignal): Promise<void>;
  /**
   * Makes the object of all blocks, in the order of the calls to `stage`, in one step.
   * Answers false, and leaves everything as it is, when an object with this key is there already.
   */
  commit(properties: { contentType: string; sha256: string }): Promise<boolean>;
  /** Removes what was staged. */
  discard(): Promise<void>;
}

/** Where objects are kept. All methods reject with DomainError 'unavailable' when it cannot be reached. */
export interface ObjectStore {
  find(key: string): Promise<StoredObject | undefined>;
  /**
   * Opens bytes `start` to `end`, both included. Ends the reading at the store when `signal` aborts or the stream is
   * destroyed; destroys the stream when the store goes away.
   * @throws DomainError 'not-found' when the object is gone
   */
  read(key: string, range: { start: number; end: number }, signal: AbortSignal): Promise<Readable>;
  begin(key: string): StagedObject;
  /** Removes every object whose key begins with `prefix`, also those in the making, and answers how many there were. */
  removeAll(prefix: string): Promise<number>;
  /** Objects in the order of their keys, and the cursor of the next page. */
  list(o: { prefix: string; limit: number; cursor: string | undefined }): Promise<{
    objects: ListedObject[];
    next: string | undefined;
  }>;
}
