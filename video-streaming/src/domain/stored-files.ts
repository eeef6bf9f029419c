import type { Readable } from 'node:stream';
import { DomainError } from '@flixtube/chassis/errors';
import type { HlsManifest } from '@flixtube/contracts/hls-manifest';
import type { StoredBytes } from './playlists.ts';

/** A small object, whole. */
export interface SmallFile {
  bytes: Buffer;
  /** Strong, with its quotes. */
  etag: string;
}

/** An object that is there no more: its video was processed again, or deleted. */
export class FileGone extends DomainError {
  constructor(options: { cause: unknown }) {
    super('not-found', 'This is no longer there. Please reload the page.', options);
  }
}

/** What processing has made of videos: objects that never change. */
export interface StoredFiles {
  /**
   * Opens bytes `from` to `to`, both included, counted from the beginning of `where`.
   * @throws FileGone; DomainError 'unavailable', 'timeout', 'bad-neighbour'
   */
  read(where: StoredBytes, range: { start: number; end: number }, signal: AbortSignal): Promise<Readable>;
  /** A picture or a text, whole. @throws as `read` does, and 'bad-neighbour' when it is too large */
  small(key: string): Promise<SmallFile>;
  /** What playlists are made from. @throws as `small` does, and 'bad-neighbour' when it is none */
  manifest(key: string): Promise<HlsManifest>;
}
