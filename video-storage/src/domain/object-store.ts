import type { Readable } from 'node:stream';

/** What is known of an object's bytes from having seen them all. */
export interface ObjectFacts {
  sizeBytes: number;
  /** Lowercase hexadecimal. */
  sha256: string;
  /** Sniffed from the bytes. */
  contentType: string;
}

/** An object that is stored whole. It is written once, and never changes under its key. */
export interface StoredObject extends ObjectFacts {
  key: string;
  lastModified: Date;
  /** The store's own mark of this very object: another one that comes under the same key later has another. */
  version: string;
}

export interface ObjectPage {
  objects: StoredObject[];
  /** Where the next page begins, in the store's words; undefined after the last one. */
  next: string | undefined;
}

/** Keys are of one alphabet (routes/object-key.ts). Whatever fails in the store itself is a DomainError 'unavailable'. */
export interface ObjectStore {
  find(key: string): Promise<StoredObject | undefined>;
  /**
   * Opens the bytes from `start` to `end`, both included. The stream ends early only by an error, as soon as the store
   * is gone; destroying it or aborting `signal` ends the read at the store.
   * @throws ObjectGone when it is not there any more
   */
  read(object: StoredObject, range: { start: number; end: number }, signal: AbortSignal): Promise<Readable>;
  /**
   * Keeps a block of an object to be. Nobody sees it before `commit` names it. Blocks of several writers of one key do
   * not mix as long as their ids differ; all ids of a key have the same length.
   * @param bytes may be used again once the promise is settled
   */
  stageBlock(key: string, blockId: string, bytes: Buffer): Promise<void>;
  /** What is staged under a key and not committed: how many bytes each block has, by its id. */
  stagedBlocks(key: string): Promise<ReadonlyMap<string, number>>;
  /**
   * Makes the object out of these blocks, at once and as a whole, unless there is one already.
   * @throws KeyTaken when there is one; StagedBlocksGone when its blocks are not there any more
   */
  commit(key: string, blockIds: readonly string[], facts: ObjectFacts): Promise<StoredObject>;
  /** Lets go of the blocks staged under a key that has no object. All of them: another writer's, too. */
  discardStaged(key: string): Promise<void>;
  /** Removes every object whose key begins with `prefix`, and what is staged there; how many there were. */
  removeAll(prefix: string): Promise<number>;
  /** Objects whose key begins with `prefix`, in the order of their keys; a page may be short of its limit. */
  list(prefix: string, page: { limit: number; from: string | undefined }): Promise<ObjectPage>;
}

/** The object was removed, or another one is under its key by now. */
export class ObjectGone extends Error {
  override name = 'ObjectGone';
}

/** Someone else has put an object under this key. */
export class KeyTaken extends Error {
  override name = 'KeyTaken';
}

/** The blocks were let go of meanwhile: the prefix was removed, or another writer has committed. */
export class StagedBlocksGone extends Error {
  override name = 'StagedBlocksGone';
}
