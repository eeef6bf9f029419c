import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { BlobItem, ContainerClient } from '@azure/storage-blob';
import { allWith } from './concurrency.ts';
import { BackupDamaged, type FileFacts, NewFile, objectPath, pathOf } from './folder.ts';

/** A blob of a backup, a line of its list. */
export interface BlobFacts {
  key: string;
  sizeBytes: number;
  /** What video-storage wrote down when it stored it; also the name under which its bytes are kept here. */
  sha256: string;
  contentType: string;
}

export interface BlobTally {
  blobs: number;
  bytes: number;
  /** Of these so many bytes had to be copied; the others were here already. */
  copiedBytes: number;
}

const parallel = 4;
const uploadBlockBytes = 4 * 1024 * 1024;

/** Every object of the container in the order of keys; what video-storage has not written is none (azure-blobs.ts there). */
export async function* listBlobs(container: ContainerClient, prefix = ''): AsyncGenerator<BlobFacts & { at: Date }> {
  for await (const blob of container.listBlobsFlat({ prefix, includeMetadata: true })) {
    const facts = factsOf(blob);
    if (facts) yield { ...facts, at: blob.properties.lastModified };
  }
}

function factsOf({ name, properties, metadata }: BlobItem): BlobFacts | undefined {
  const sha256 = metadata?.sha256;
  if (sha256 === undefined) return undefined;
  return {
    key: name,
    sizeBytes: properties.contentLength ?? 0,
    sha256,
    contentType: properties.contentType ?? 'application/octet-stream',
  };
}

/**
 * Copies what is not in the folder yet, and writes the list of all. A blob never changes under its key and is kept under
 * the hash of its bytes, so a second backup, and one after one that was broken off, copies only what is new.
 *
 * @param o.later what the first of two looks may have missed, since it was stored that late; the first one notes in `seen`
 * what it has not missed of that, and the second one, which has `only` set, takes just the others
 */
export async function dumpBlobs(
  container: ContainerClient,
  o: { folder: string; id: string; list: string; later: { since: Date; seen: Set<string>; only?: boolean } },
): Promise<{ file: FileFacts; tally: BlobTally }> {
  const file = new NewFile(pathOf(o.folder, o.id, o.list), o.list);
  const tally: BlobTally = { blobs: 0, bytes: 0, copiedBytes: 0 };
  const { later } = o;
  await allWith(parallel, listBlobs(container), async ({ at, ...blob }) => {
    const isLate = at >= later.since;
    if (later.only && (!isLate || later.seen.has(blob.key))) return;
    const copied = await copyIn(container, blob, objectPath(o.folder, blob.sha256));
    // Deleted since it was listed: its video is, too.
    if (copied === 'gone') return;
    if (isLate) later.seen.add(blob.key);
    tally.blobs += 1;
    tally.bytes += blob.sizeBytes;
    if (copied === 'copied') tally.copiedBytes += blob.sizeBytes;
    await file.write(`${JSON.stringify(blob)}\n`);
  });
  return { file: await file.end(), tally };
}

async function copyIn(
  container: ContainerClient,
  { key, sizeBytes, sha256 }: BlobFacts,
  path: string,
): Promise<'copied' | 'kept' | 'gone'> {
  const there = await stat(path).catch(() => undefined);
  if (there?.size === sizeBytes) return 'kept';
  await mkdir(dirname(path), { recursive: true });
  // Two blobs of the same bytes may be copied at once.
  const unfinished = `${path}.${process.pid}-${createHash('sha256').update(key).digest('hex').slice(0, 16)}`;
  try {
    const { readableStreamBody } = await container.getBlobClient(key).download(0, undefined, { maxRetryRequests: 3 });
    const hash = createHash('sha256');
    const file = await open(unfinished, 'w');
    const passing = new Transform({
      transform(chunk, _, done) {
        hash.update(chunk);
        done(null, chunk);
      },
    });
    await pipeline(readableStreamBody as NodeJS.ReadableStream, passing, file.createWriteStream({ flush: true }));
    if (hash.digest('hex') !== sha256)
      throw new Error(`The store gave other bytes of ${key} than were stored: its SHA-256 differs.`);
    await rename(unfinished, path);
    return 'copied';
  } catch (error) {
    await rm(unfinished, { force: true });
    if ((error as { statusCode?: number }).statusCode === 404) return 'gone';
    throw error;
  }
}

/** Puts the blobs of a list into the container, those that are not there yet; each is hashed on its way. */
export async function loadBlobs(
  container: ContainerClient,
  folder: string,
  blobs: AsyncIterable<BlobFacts>,
): Promise<BlobTally> {
  const tally: BlobTally = { blobs: 0, bytes: 0, copiedBytes: 0 };
  await allWith(parallel, blobs, async (blob) => {
    tally.blobs += 1;
    tally.bytes += blob.sizeBytes;
    if (await copyOut(container, blob, objectPath(folder, blob.sha256))) tally.copiedBytes += blob.sizeBytes;
  });
  return tally;
}

/** Whether it had to be. */
async function copyOut(container: ContainerClient, blob: BlobFacts, path: string): Promise<boolean> {
  const client = container.getBlockBlobClient(blob.key);
  const there = await client.getProperties().catch((error) => {
    if (error.statusCode === 404) return undefined;
    throw error;
  });
  if (there !== undefined) {
    if (there.metadata?.sha256 === blob.sha256 && there.contentLength === blob.sizeBytes) return false;
    throw new Error(`${blob.key} is in the container already, with other bytes.`);
  }
  const hash = createHash('sha256');
  let bytes = 0;
  const passing = new Transform({
    transform(chunk, _, done) {
      hash.update(chunk);
      bytes += chunk.length;
      done(null, chunk);
    },
    // Before the last block is committed: a blob with other bytes must not come to be.
    flush(done) {
      const isWhole = bytes === blob.sizeBytes && hash.digest('hex') === blob.sha256;
      done(isWhole ? null : new BackupDamaged(`${path} is not what was backed up: its bytes have changed.`));
    },
  });
  const source = createReadStream(path);
  source.on('error', (cause) => passing.destroy(new BackupDamaged(`${path} cannot be read.`, { cause })));
  await client.uploadStream(source.pipe(passing), uploadBlockBytes, 2, {
    conditions: { ifNoneMatch: '*' },
    metadata: { sha256: blob.sha256 },
    blobHTTPHeaders: { blobContentType: blob.contentType },
  });
  return true;
}
