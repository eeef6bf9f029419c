import type { Upload } from '../upload.ts';

/** Of the 50,000 blocks that Azure takes (learn.microsoft.com/rest/api/storageservices/put-block), and a good margin. */
const PLANNED_BLOCKS = 40_000;
const SMALLEST_BLOCK = 64 * 1024;

/** How large a block is at most, in bytes: what video-storage takes. */
export const BLOCK_BYTES = 4 * 1024 * 1024;
/** The longest file for which that is enough: 156 GiB. */
export const MOST_UPLOAD_BYTES = PLANNED_BLOCKS * BLOCK_BYTES;

/**
 * How large every block but the last one is at least, so that a file of any length in PATCHes of any size has room in the
 * list of blocks; what is less waits in the record for more.
 */
export function leastBlockBytes(lengthBytes: number): number {
  return Math.min(BLOCK_BYTES, Math.max(SMALLEST_BLOCK, Math.ceil(lengthBytes / PLANNED_BLOCKS)));
}

/** An upload that comes in pieces, over hours and through any replica. Its id is that of the video it becomes. */
export interface ResumableUpload extends Omit<Upload, 'startedAt'> {
  readonly startedAt: Date;
  /**
   * uploading: bytes are missing; arrived: all are there, the video is being made of them; stored: it is; removed: ended
   * by its owner, or expired.
   */
  readonly state: 'uploading' | 'arrived' | 'stored' | 'removed';
  readonly lengthBytes: number;
  /** So many bytes have arrived and cannot be lost. */
  readonly offset: number;
  /** Upload-Metadata as it was sent; empty when it was not. */
  readonly metadata: string;
  readonly expiresAt: Date;
}

/** What a holder of the lease goes on with. */
export interface Progress {
  /** The last bytes before the offset, which are not in a block yet. */
  readonly tail: Uint8Array;
  /** Of all bytes up to the offset; undefined at 0. */
  readonly hashState: Uint8Array | undefined;
}

/** One step forward, recorded as a whole or not at all. */
export interface Advance {
  readonly from: number;
  readonly to: number;
  /** Whether that is all there is to come. */
  readonly isWhole: boolean;
  /** Ids of the blocks that hold what lies between the tail before and the tail now. */
  readonly blocks: readonly string[];
  readonly tail: Uint8Array;
  readonly hashState: Uint8Array;
  /** Of the file, known with its first block. */
  readonly contentType: string | undefined;
}

/** What it takes to make the object of an upload that has arrived. */
export interface Arrived {
  readonly upload: ResumableUpload;
  readonly blocks: readonly string[];
  readonly hashState: Uint8Array;
  readonly contentType: string;
}
