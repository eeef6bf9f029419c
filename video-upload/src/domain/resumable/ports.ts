import type { Readable } from 'node:stream';
import type { VideoSource } from '@flixtube/contracts/events/video-uploaded';
import type { Advance, Arrived, Progress, ResumableUpload } from './upload.ts';

/** Someone who works on an upload; all that they write is refused as soon as somebody else does. */
export interface Lease {
  readonly uploadId: string;
  readonly token: string;
}

/**
 * What is remembered of uploads between two requests, which may come to different replicas. A lease is one holder's until
 * a time, and moves to whoever asks after that; every write of a holder names its token, so that an older one's is void.
 */
export interface ResumableRecords {
  /** Remembers a new upload, unless its owner would have more than `most` unfinished ones: then false. */
  create(upload: ResumableUpload, most: number): Promise<boolean>;
  /** Undefined when there is none, or it is another viewer's. */
  find(uploadId: string, ownerId: string): Promise<ResumableUpload | undefined>;
  /** Takes the lease of an upload that stands at `offset`, has not expired and is nobody's at the moment. */
  lease(
    lease: Lease,
    wanted: { ownerId: string; offset: number; until: Date },
  ): Promise<{ upload: ResumableUpload; progress: Progress } | undefined>;
  /** False when it is another's by now. */
  renew(lease: Lease, until: Date): Promise<boolean>;
  /** Lets go of it, if it is still ours. */
  release(lease: Lease): Promise<void>;
  /** One step forward. May be repeated. False when the lease is another's by now. */
  advance(lease: Lease, advance: Advance, until: { lease: Date; expires: Date }): Promise<boolean>;
  /** Undefined unless all its bytes have arrived and it is not stored yet. */
  arrived(uploadId: string): Promise<Arrived | undefined>;
  /**
   * Ends an upload: of one that is not stored nothing counts any more, one that is stored is no upload any more.
   * `quiet`: nobody was at work on it. Undefined when there was nothing to end.
   */
  end(uploadId: string, ownerId: string): Promise<{ wasStored: boolean; quiet: boolean } | undefined>;
  /** Ids of some that have arrived, that are not stored, and that nobody works on. */
  leftBehind(): Promise<string[]>;
  /** Gives up what has expired; the sweep of abandoned uploads removes it. How many there were. */
  expire(): Promise<number>;
}

/** Where blocks lie. Its errors are DomainErrors: 'unsupported-type' when they are no video's, or transient ones. */
export interface BlockStore {
  /** Stages a body as a block. Whatever breaks off leaves nothing. */
  stage(
    key: string,
    block: string,
    body: Readable,
    options: { isFirst: boolean; signal: AbortSignal },
  ): Promise<{ sizeBytes: number; crc32: number; contentType: string | null }>;
  /** Makes the object; may be repeated. @throws DomainError 'gone' when its blocks are not there any more */
  commit(blocks: readonly string[], source: VideoSource): Promise<VideoSource>;
}
