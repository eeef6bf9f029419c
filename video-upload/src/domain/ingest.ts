import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { DomainError, isTransient } from '@flixtube/chassis/errors';
import { newId } from '@flixtube/chassis/ids';
import type { VideoSource } from '@flixtube/contracts/events/video-uploaded';
import { emptyFile, feed, MeasuredBody } from './measured-body.ts';
import { objectPrefix, type StoredUpload, sourceKey, type Upload } from './upload.ts';

/** What is remembered of each upload, so that nothing is lost and nothing is left lying about. */
export interface UploadRecords {
  /** Remembers that an upload is being received. */
  begin(upload: Upload): Promise<void>;
  /** Says that it still is. False when its record was given up meanwhile. */
  beat(videoId: string): Promise<boolean>;
  /**
   * The commit point: in one step the upload is stored, and its event is sure to be published. May be repeated.
   * False when its record was given up meanwhile: then it is not stored and never will be.
   */
  commit(upload: StoredUpload): Promise<boolean>;
  /** From now on it can't be committed, and it has a record until it is forgotten. False when it has been committed. */
  giveUp(videoId: string): Promise<boolean>;
  /** Forgets an upload that was given up. */
  forget(videoId: string): Promise<void>;
}

/** Where files lie. Its errors are DomainErrors: 'unsupported-type' when the bytes are no video's, or transient ones. */
export interface ObjectStore {
  /** Stores a video; answers what has really been stored. Resolves only when it lasts. */
  put(
    key: string,
    body: Readable,
    options: { sizeBytes: number | undefined; signal: AbortSignal },
  ): Promise<VideoSource>;
  /** Removes what lies under a prefix, half-stored things too. */
  removeAll(prefix: string): Promise<void>;
}

/** Where a fresh video is made readable at once. */
export interface Catalogue {
  announce(upload: StoredUpload): Promise<void>;
}

export interface Log {
  warn(fields: { err: unknown; videoId: string }, message: string): void;
}

export interface IncomingVideo {
  ownerId: string;
  title: string;
  description: string;
  body: Readable;
  /** What the sender says that the body will be, when it says so. */
  declaredBytes: number | undefined;
  /** Aborted when the sender is gone. */
  signal: AbortSignal;
}

export interface IngestOptions {
  records: UploadRecords;
  store: ObjectStore;
  catalogue: Catalogue;
  log: Log;
  maxBytes: number;
  heartbeatMs: number;
  /** How long the commit is tried again when the records cannot be reached. */
  commitMs: number;
}

/** Receives videos: a file is acknowledged when it is stored whole and can't be lost, and leaves nothing behind if not. */
export class Ingest {
  readonly #options: IngestOptions;
  readonly #inHand = new Set<Promise<unknown>>();
  readonly #cut = new AbortController();

  constructor(options: IngestOptions) {
    this.#options = options;
  }

  /**
   * Resolves when the upload is committed.
   * @throws DomainError 'invalid', 'too-large', 'unsupported-type' for what was sent; 'unavailable', 'timeout',
   * 'bad-neighbour' for what is behind. Nothing is left behind then, except that an 'unavailable' at the commit point
   * leaves it to the record whether the upload counts.
   */
  receive(incoming: IncomingVideo): Promise<StoredUpload> {
    const receiving = this.#receive(incoming);
    this.#inHand.add(receiving);
    const done = () => this.#inHand.delete(receiving);
    receiving.then(done, done);
    return receiving;
  }

  /** Cuts the uploads in hand; resolves when they have cleaned up behind themselves. */
  async stop(): Promise<void> {
    this.#cut.abort(new DomainError('unavailable', 'The upload was cut off by a restart. Please send the file again.'));
    await Promise.allSettled(this.#inHand);
  }

  async #receive(incoming: IncomingVideo): Promise<StoredUpload> {
    if (incoming.declaredBytes === 0) throw emptyFile();
    const { records, catalogue, log } = this.#options;
    const { ownerId, title, description } = incoming;
    const videoId = newId();
    const upload: Upload = { videoId, ownerId, title, description, visibility: 'public', startedAt: new Date() };
    await records.begin(upload);
    const source = await this.#store(videoId, incoming);
    const stored: StoredUpload = { ...upload, source, storedAt: new Date() };
    await this.#commit(stored);
    await catalogue
      .announce(stored)
      .catch((err) => log.warn({ err, videoId }, 'a fresh video was not announced; its event will tell of it'));
    return stored;
  }

  /** Stores the body, and removes what is left of it when that fails. */
  async #store(videoId: string, incoming: IncomingVideo): Promise<VideoSource> {
    const { records, store, log, heartbeatMs, maxBytes } = this.#options;
    const body = new MeasuredBody(maxBytes);
    const broken = new AbortController();
    const signal = AbortSignal.any([incoming.signal, this.#cut.signal, broken.signal]);
    const heartbeat = setInterval(() => {
      records.beat(videoId).then(
        (alive) => alive || broken.abort(givenUp()),
        (err) => log.warn({ err, videoId }, 'the heartbeat of an upload could not be written'),
      );
    }, heartbeatMs);
    // Ours when the sender is to blame; else it is what the store's client breaks the body off with, and says better itself.
    body.once('error', (error) => error instanceof DomainError && broken.abort(error));
    try {
      signal.throwIfAborted();
      feed(incoming.body, body);
      const source = await store.put(sourceKey(videoId), body, { sizeBytes: incoming.declaredBytes, signal });
      if (body.sizeBytes === 0) throw emptyFile();
      if (source.sizeBytes !== body.sizeBytes || source.sha256 !== body.sha256) throw damaged(source, body);
      return source;
    } catch (error) {
      // When the store has had every byte and gave no answer, it may still be at it.
      const nothingComes = body.sha256 === undefined || !(signal.aborted || isWithoutAnswer(error));
      await this.#cleanUp(videoId, { nothingComes });
      if (body.sha256 !== undefined && body.sizeBytes === 0) throw emptyFile();
      // What broke first is the cause of whatever the store said after it.
      throw signal.aborted ? signal.reason : error;
    } finally {
      clearInterval(heartbeat);
      body.destroy();
    }
  }

  /** Every try does the same one thing or nothing, so an answer that got lost is no reason to give up. */
  async #commit(upload: StoredUpload): Promise<void> {
    const { videoId } = upload;
    const deadline = Date.now() + this.#options.commitMs;
    for (let pauseMs = 100; ; pauseMs = Math.min(pauseMs * 2, 2_000)) {
      try {
        if (await this.#options.records.commit(upload)) return;
      } catch (error) {
        if (isTransient(error) && Date.now() + pauseMs < deadline && !this.#cut.signal.aborted) {
          await delay(pauseMs, undefined, { signal: this.#cut.signal }).catch(() => undefined);
          continue;
        }
        // Nothing is removed here: if the commit has arrived after all, the video counts; if not, a sweep removes it.
        throw outcomeUnknown(error);
      }
      await this.#cleanUp(videoId, { nothingComes: true });
      throw givenUp();
    }
  }

  /**
   * @param options.nothingComes whether the store has certainly finished with it. If it may not have, the record stays, so
   * that a sweep looks again later.
   */
  async #cleanUp(videoId: string, { nothingComes }: { nothingComes: boolean }): Promise<void> {
    const { records, store, log } = this.#options;
    try {
      if (!(await records.giveUp(videoId))) return;
      await store.removeAll(objectPrefix(videoId));
      if (nothingComes) await records.forget(videoId);
    } catch (err) {
      log.warn({ err, videoId }, 'what is left of an upload could not be removed; a sweep will do it');
    }
  }
}

function isWithoutAnswer(error: unknown): boolean {
  return error instanceof DomainError && (error.kind === 'unavailable' || error.kind === 'timeout');
}

function givenUp(): DomainError {
  return new DomainError('unavailable', 'The upload was interrupted for too long. Please send the file again.');
}

function damaged(stored: VideoSource, sent: MeasuredBody): DomainError {
  return new DomainError('bad-neighbour', 'The file was not stored as it was sent. Please send it again.', {
    cause: new Error(
      `sent ${sent.sizeBytes} bytes, ${sent.sha256}; stored ${stored.sizeBytes} bytes, ${stored.sha256}`,
    ),
  });
}

function outcomeUnknown(cause: unknown): DomainError {
  return new DomainError(
    'unavailable',
    'The file has arrived, but it is not sure that it counts. Please look in a few minutes whether the video is there before sending it again.',
    { cause, retryAfterSeconds: 300 },
  );
}
