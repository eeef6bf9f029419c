import type { ContainerClient } from '@azure/storage-blob';
import type { Document, MongoClient } from 'mongodb';
import { listBlobs } from '../backup/blobs.ts';

/** All that the stores have of one video; what they do not have is undefined. */
export interface Traces {
  id: string;
  /** Of metadata: a video, or the tombstone of one. */
  video?: VideoTrace;
  upload?: UploadTrace;
  processing?: ProcessingTrace;
  /** Keys of its blobs. */
  blobs: Set<string>;
}

/** The fields that are read here, of documents that are the services' own. */
export interface VideoTrace {
  _id: string;
  /** Only a tombstone has it. */
  deletedAt?: Date;
  status?: 'processing' | 'ready' | 'failed';
  processingId?: string | null;
  source?: { key: string; contentType: string; sizeBytes: number; sha256: string };
  manifest?: { key: string } | null;
  poster?: { key: string } | null;
  storyboard?: { vtt: string; sprites: string[] } | null;
  captions?: { key: string }[];
  fileCaptions?: { key: string }[];
  chapters?: string | null;
}

interface UploadTrace {
  _id: string;
  state: 'receiving' | 'uploading' | 'arrived' | 'stored' | 'abandoned';
  ownerId: string;
  title: string;
  description: string;
  visibility: 'public' | 'unlisted' | 'private';
  source?: NonNullable<VideoTrace['source']>;
  storedAt?: Date;
}

interface ProcessingTrace {
  _id: string;
  processingId: string;
  state: 'working' | 'finishing' | 'done' | 'failed' | 'deleted';
  changedAt: Date;
}

/** Reads the databases and the container side by side, in the order of ids, a video at a time: nothing is collected. */
export async function* byVideo(client: MongoClient, container: ContainerClient): AsyncGenerator<Traces> {
  const videos = await Cursor.of(documents<VideoTrace>(client, 'metadata', 'videos', videoFields));
  const uploads = await Cursor.of(documents<UploadTrace>(client, 'video-upload', 'uploads', uploadFields));
  const processings = await Cursor.of(
    documents<ProcessingTrace>(client, 'video-processing', 'processings', processingFields),
  );
  const blobs = await Cursor.of(blobTraces(container));
  for (;;) {
    const ids = [videos, uploads, processings, blobs].flatMap(({ id }) => (id === undefined ? [] : [id]));
    const [id] = ids.sort();
    if (id === undefined) return;
    const [video] = await videos.take(id);
    const [upload] = await uploads.take(id);
    const [processing] = await processings.take(id);
    const keys = (await blobs.take(id)).map(({ key }) => key);
    yield {
      id,
      ...(video && { video }),
      ...(upload && { upload }),
      ...(processing && { processing }),
      blobs: new Set(keys),
    };
  }
}

const videoFields = {
  ...{ deletedAt: 1, status: 1, processingId: 1, source: 1, manifest: 1, poster: 1, storyboard: 1, captions: 1 },
  ...{ fileCaptions: 1, chapters: 1 },
};
const uploadFields = {
  ...{ state: 1, ownerId: 1, title: 1, description: 1, visibility: 1, source: 1, storedAt: 1 },
};
const processingFields = { processingId: 1, state: 1, changedAt: 1 };

async function* documents<T extends { _id: string }>(
  client: MongoClient,
  database: string,
  collection: string,
  projection: Document,
): AsyncGenerator<T> {
  const found = client.db(database).collection<{ _id: string }>(collection).find({}, { projection });
  for await (const document of found.sort({ _id: 1 })) yield document as T;
}

async function* blobTraces(container: ContainerClient): AsyncGenerator<{ _id: string; key: string }> {
  for await (const { key } of listBlobs(container, 'videos/')) {
    const [, _id = ''] = key.split('/');
    yield { _id, key };
  }
}

/** A stream in the order of ids, and its next item. */
class Cursor<T extends { _id: string }> {
  readonly #items: AsyncGenerator<T>;
  #next: T | undefined;

  private constructor(items: AsyncGenerator<T>) {
    this.#items = items;
  }

  static async of<T extends { _id: string }>(items: AsyncGenerator<T>): Promise<Cursor<T>> {
    const cursor = new Cursor(items);
    await cursor.#advance();
    return cursor;
  }

  get id(): string | undefined {
    return this.#next?._id;
  }

  /** All items of this id; none, when the next one is of a later. */
  async take(id: string): Promise<T[]> {
    const taken: T[] = [];
    while (this.#next?._id === id) {
      taken.push(this.#next);
      await this.#advance();
    }
    return taken;
  }

  async #advance(): Promise<void> {
    const before = this.#next?._id;
    const { done, value } = await this.#items.next();
    this.#next = done ? undefined : value;
    if (before !== undefined && this.#next !== undefined && this.#next._id < before)
      throw new Error('A store does not list in the order of names; nothing can be compared then.');
  }
}
