import type { Readable } from 'node:stream';
import type { PlayableVideo } from './playable-video.ts';

/** Where the bytes of videos are: video-storage. */
export interface VideoBytes {
  /**
   * Opens bytes `start` to `end`, both included, of just the version that the catalogue names: never those of another.
   * Ends the reading at its far end when `signal` aborts or the stream is destroyed.
   * @throws DomainError 'unavailable', 'timeout' or 'bad-neighbour' when they cannot be had now
   */
  read(source: PlayableVideo['source'], range: { start: number; end: number }, signal: AbortSignal): Promise<Readable>;
}
