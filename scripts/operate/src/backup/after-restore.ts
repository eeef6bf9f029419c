import { Binary, type Document } from 'mongodb';

/** A viewer whose upload was broken off by what was restored from has this long to come back, in milliseconds. */
const comeBackMs = 24 * 3_600_000;
const longAgo = new Date(0);

/**
 * What a restore changes in documents, since what they speak of cannot be brought back.
 *
 * - An upload in pieces: blob stores give nobody the blocks that are not committed yet, so they are in no backup. It
 *   goes back to its beginning, at its own address, and its sender goes on from there.
 * - A processing at work: its tasks were messages. As if it stood still for long, so that the first sweep of
 *   video-processing puts those of which nothing has come into the queue again.
 *
 * @param collection `<database>.<collection>`
 */
export function afterRestore(collection: string, now: Date): (document: Document) => Document {
  if (collection === 'video-upload.uploads') {
    return (upload) => {
      if (upload.state !== 'uploading' && upload.state !== 'arrived') return upload;
      const { hashState: _, contentType: __, ...kept } = upload;
      return {
        ...kept,
        state: 'uploading',
        offset: 0,
        blocks: [],
        tail: new Binary(Buffer.alloc(0)),
        leaseToken: '',
        leaseUntil: longAgo,
        expiresAt: new Date(Math.max(now.getTime() + comeBackMs, new Date(upload.expiresAt).getTime())),
      };
    };
  }
  if (collection === 'video-processing.processings') {
    return (processing) =>
      processing.state === 'working' || processing.state === 'finishing'
        ? { ...processing, movedAt: longAgo }
        : processing;
  }
  return (document) => document;
}
