import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { BlobItem, ContainerClient } from '@azure/storage-blob';
import { failed } from '../command.ts';
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
    const copied = await copyIn(container, blob, o);
    // Deleted since it was listed: its video is, too. Damaged: nothing that a backup could keep.
    if (copied === 'gone' || copied === 'damaged') return;
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
  { folder, id }: { folder: string; id: string },
): Promise<'copied' | 'kept' | 'gone' | 'damaged'> {
  const path = objectPath(folder, sha256);
  const there = await stat(path).catch(() => undefined);
  if (there?.size === sizeBytes) return 'kept';
  await mkdir(dirname(path), { recursive: true });
  // Two blobs of the same bytes may be copied at once, and two backups, whose processes have the same number in containers.
  const unfinished = pathOf(folder, id, `unfinished-${createHash('sha256').update(key).digest('hex')}`);
  const file = await open(unfinished, 'w');
  try {
    const { readableStreamBody } = await container.getBlobClient(key).download(0, undefined, { maxRetryRequests: 3 });
    const hash = createHash('sha256');
    const passing = new Transform({
      transform(chunk, _, done) {
        hash.update(chunk);
        done(null, chunk);
      },
    });
    await pipeline(readableStreamBody as NodeJS.ReadableStream, passing, file.createWriteStream({ flush: true }));
    if (hash.digest('hex') === sha256) {
      await rename(unfinished, path);
      return 'copied';
    }
    // One that is lost must not keep all others from being backed up.
    failed(`${key} is damaged in the store (its SHA-256 is another one) and left out of this backup.`);
    await rm(unfinished);
    return 'damaged';
  } catch (error) {
    await file.close().catch(() => {});
    await rm(unfinished, { force: true });
    if ((error as { statusCode?: number }).statusCode === 404) return 'gone';
    throw error;
  }
}

/**
 * Puts the blobs of a list into the container, those that are not there yet; each is hashed on its way.
 *
 * @param onDamaged told of one whose bytes are not those that were backed up; where it does not throw, all others follow
 */
export async function loadBlobs(
  container: ContainerClient,
  folder: string,
  blobs: AsyncIterable<BlobFacts>,
  onDamaged: (error: BackupDamaged, key: string) => void,
): Promise<BlobTally> {
  const tally: BlobTally = { blobs: 0, bytes: 0, copiedBytes: 0 };
  await allWith(parallel, blobs, async (blob) => {
    tally.blobs += 1;
    tally.bytes += blob.sizeBytes;
    try {
      if (await copyOut(container, blob, objectPath(folder, blob.sha256))) tally.copiedBytes += blob.sizeBytes;
    } catch (error) {
      if (!(error instanceof BackupDamaged)) throw error;
      onDamaged(error, blob.key);
    }
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
