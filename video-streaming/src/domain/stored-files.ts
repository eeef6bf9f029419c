import type { Readable } from 'node:stream';
import type { HlsManifest } from '@flixtube/contracts/hls-manifest';
import type { StoredBytes } from './playlists.ts';

/** A small object, whole. */
export interface SmallFile {
  bytes: Buffer;
  /** Strong, with its quotes. */
  etag: string;
}

/** What processing has made of videos: objects that never change. */
export interface StoredFiles {
  /**
   * Opens bytes `from` to `to`, both included, counted from the beginning of `where`.
   * @throws DomainError 'not-found' when the object is gone; 'unavailable', 'timeout', 'bad-neighbour'
   */
  read(where: StoredBytes, range: { start: number; end: number }, signal: AbortSignal): Promise<Readable>;
  /** A picture or a text, whole. @throws DomainError as `read` does, and 'bad-neighbour' when it is too large */
  small(key: string): Promise<SmallFile>;
  /** What playlists are made from. @throws DomainError as `small` does, and 'bad-neighbour' when it is none */
  manifest(key: string): Promise<HlsManifest>;
}
