import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { DomainError, isTransient } from '@flixtube/chassis/errors';
import { newId } from '@flixtube/chassis/ids';
import type { Log, ObjectStore, UploadRecords } from '../ingest.ts';
import { objectPrefix, sourceKey } from '../upload.ts';
import { Appending } from './appending.ts';
import type { Finishing } from './finishing.ts';
import { Incoming } from './incoming.ts';
import type { UploadFacts } from './metadata.ts';
import type { BlockStore, Lease, ResumableRecords } from './ports.ts';
import { locked, noSuchUpload, tooManyUploads, uploadGone, wrongOffset } from './refusals.ts';
import { RunningSha256 } from './running-sha256.ts';
import type { Progress, ResumableUpload } from './upload.ts';

export interface ResumablesOptions {
  records: ResumableRecords;
  remains: Pick<UploadRecords, 'forget'>;
  blocks: BlockStore;
  store: Pick<ObjectStore, 'removeAll'>;
  finishing: Finishing;
  log: Log;
  /** How long a lease is good for after the last sign of life. */
  leaseMs: number;
  /** How long an upload is kept after its last byte. */
  expiresMs: number;
  perViewer: number;
}

/** Bytes on their way into an upload. */
export interface Bytes {
  body: AsyncIterable<Buffer>;
  checksum: { algorithm: 'sha1' | 'sha256' | 'md5'; digest: Buffer } | undefined;
}

/** A sender who has sent nothing for so long may be gone: whoever comes next may take the upload over. */
const SILENT_MS = 5_000;

/** How long a question waits for the end of bytes that are coming in. */
const HANDOVER_MS = 1_000;

/** Uploads that come in pieces and may stop anywhere: what has arrived stays, and any replica goes on with it. */
export class Resumables {
  readonly #options: ResumablesOptions;
  readonly #inHand = new Map<Promise<unknown>, string>();
  readonly #cut = new AbortController();

  constructor(options: ResumablesOptions) {
    this.#options = options;
  }

  /**
   * A new upload, with its first bytes if it comes with some. As many of them as can be are taken; when none can be just
   * now, the upload is there all the same.
   * @throws DomainError 'too-many'; what append throws for what is wrong with the bytes, and then there is no upload
   */
  async create(
    o: { ownerId: string; lengthBytes: number; metadata: string; facts: UploadFacts },
    bytes: Bytes | undefined,
  ): Promise<ResumableUpload> {
    const { records, perViewer, finishing } = this.#options;
    const upload: ResumableUpload = {
      videoId: newId(),
      ownerId: o.ownerId,
      title: o.facts.title,
      description: o.facts.description,
      visibility: 'public',
      startedAt: new Date(),
      state: 'uploading',
      lengthBytes: o.lengthBytes,
      offset: 0,
      metadata: o.metadata,
      expiresAt: this.#expiry(),
    };
    if (!(await records.create(upload, perViewer))) throw tooManyUploads(perViewer);
    if (bytes === undefined) return upload;
    try {
      return await this.append(upload.videoId, o.ownerId, 0, bytes);
    } catch (error) {
      if (isTransient(error)) return await this.#found(upload.videoId, o.ownerId);
      await finishing.remove(upload.videoId);
      throw error;
    }
  }

  /**
   * An upload as it stands. One that has arrived is finished first, should that have been left undone. While bytes are
   * still coming in here this waits a moment for their end: who asks has often just been cut off, and is told of more then.
   * @throws DomainError 'not-found', 'gone'
   */
  async find(uploadId: string, ownerId: string): Promise<ResumableUpload> {
    const before = await this.#found(uploadId, ownerId);
    const atWork = [...this.#inHand].filter(([, id]) => id === uploadId).map(([appending]) => appending);
    if (atWork.length > 0) await Promise.race([Promise.allSettled(atWork), delay(HANDOVER_MS)]);
    const upload = atWork.length > 0 ? await this.#found(uploadId, ownerId) : before;
    return upload.state === 'arrived' ? this.#finish(upload) : upload;
  }

  /**
   * Takes the bytes that belong at `offset`, as far as they come: what has arrived counts even when the body is cut.
   * @throws DomainError 'not-found', 'gone', 'conflict' for another offset, 'locked' when another request is at it,
   * 'too-large', 'unsupported-type' when it is no video (then nothing of it stays), 'checksum-mismatch', transient ones
   */
  append(uploadId: string, ownerId: string, offset: number, bytes: Bytes): Promise<ResumableUpload> {
    const appending = this.#append(uploadId, ownerId, offset, bytes);
    this.#inHand.set(appending, uploadId);
    const done = () => this.#inHand.delete(appending);
    appending.then(done, done);
    return appending;
  }

  /** Until when an upload is kept as it is; undefined when there is no unfinished one. */
  async expiryOf(uploadId: string, ownerId: string): Promise<Date | undefined> {
    const upload = await this.#options.records.find(uploadId, ownerId);
    return upload?.state === 'uploading' ? upload.expiresAt : undefined;
  }

  /** Ends an upload; a video that it has become stays. @throws DomainError 'not-found', 'gone' */
  async end(uploadId: string, ownerId: string): Promise<void> {
    const { records, remains, store, log } = this.#options;
    const ended = await records.end(uploadId, ownerId);
    if (ended === undefined) {
      await this.#found(uploadId, ownerId);
      throw noSuchUpload();
    }
    if (ended.wasStored) return;
    try {
      await store.removeAll(objectPrefix(uploadId));
      // Somebody who is at work on it may store a block yet: then the sweep removes it again, later.
      if (ended.quiet) await remains.forget(uploadId);
    } catch (err) {
      log.warn({ err, videoId: uploadId }, 'what is left of an upload could not be removed; a sweep will do it');
    }
  }

  /** Cuts the bodies in hand; resolves when what has arrived of them is safe. */
  async stop(): Promise<void> {
    this.#cut.abort();
    await Promise.allSettled(this.#inHand.keys());
  }

  async #append(uploadId: string, ownerId: string, offset: number, bytes: Bytes): Promise<ResumableUpload> {
    const { records, finishing } = this.#options;
    const lease: Lease = { uploadId, token: randomUUID() };
    const leased = await records.lease(lease, { ownerId, offset, until: this.#leaseEnd() });
    if (leased === undefined) return this.#notLeased(uploadId, ownerId, offset);
    const { upload, progress } = leased;
    let reached: number;
    try {
      reached = await this.#take(lease, upload, progress, bytes);
    } catch (error) {
      if (error instanceof DomainError && error.kind === 'unsupported-type') await finishing.remove(uploadId);
      throw error;
    } finally {
      await records
        .release(lease)
        .catch((err) => this.#options.log.warn({ err, videoId: uploadId }, 'a lease could not be given back'));
    }
    if (reached === upload.lengthBytes) return this.#finish({ ...upload, state: 'arrived', offset: reached });
    return this.#found(uploadId, ownerId);
  }

  async #take(lease: Lease, upload: ResumableUpload, progress: Progress, bytes: Bytes): Promise<number> {
    const { records, blocks, log } = this.#options;
    const { lengthBytes, offset, videoId } = upload;
    const lost = new AbortController();
    const sha256 = await RunningSha256.from(progress.hashState);
    const incoming = new Incoming({
      body: bytes.body,
      offset,
      lengthBytes,
      sha256,
      checksum: bytes.checksum?.algorithm,
    });
    const appending = new Appending({
      key: sourceKey(videoId),
      lengthBytes,
      progress,
      offset,
      incoming,
      sha256,
      store: blocks,
      record: (advance) => records.advance(lease, advance, { lease: this.#leaseEnd(), expires: this.#expiry() }),
      checksum: bytes.checksum?.digest,
      signal: lost.signal,
    });
    const cut = () => incoming.cut(this.#cut.signal.reason);
    this.#cut.signal.addEventListener('abort', cut, { once: true });
    if (this.#cut.signal.aborted) cut();
    const renewal = setInterval(() => {
      // A connection that may be dead holds nobody off; should its bytes come after all, they count if nobody else's did.
      const isSilent = incoming.waiting && !appending.isBusy && performance.now() - incoming.lastByteAt > SILENT_MS;
      if (isSilent) return;
      records.renew(lease, this.#leaseEnd()).then(
        (isOurs) => isOurs || lost.abort(locked()),
        (err) => log.warn({ err, videoId }, 'a lease could not be renewed'),
      );
    }, this.#options.leaseMs / 3);
    try {
      return await appending.run();
    } finally {
      clearInterval(renewal);
      this.#cut.signal.removeEventListener('abort', cut);
      incoming.close();
    }
  }

  /** Why an upload could not be leased; one that has all its bytes needs no more lease. */
  async #notLeased(uploadId: string, ownerId: string, offset: number): Promise<ResumableUpload> {
    const upload = await this.#found(uploadId, ownerId);
    if (upload.offset !== offset) throw wrongOffset(upload.offset);
    if (upload.state === 'uploading') throw locked();
    return upload.state === 'arrived' ? this.#finish(upload) : upload;
  }

  async #finish(upload: ResumableUpload): Promise<ResumableUpload> {
    await this.#options.finishing.finish(upload.videoId);
    return { ...upload, state: 'stored' };
  }

  async #found(uploadId: string, ownerId: string): Promise<ResumableUpload> {
    const upload = await this.#options.records.find(uploadId, ownerId);
    if (upload === undefined) throw noSuchUpload();
    if (upload.state === 'removed') throw uploadGone();
    return upload;
  }

  #leaseEnd(): Date {
    return new Date(Date.now() + this.#options.leaseMs);
  }

  #expiry(): Date {
    return new Date(Date.now() + this.#options.expiresMs);
  }
}
