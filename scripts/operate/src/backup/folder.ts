import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, type WriteStream } from 'node:fs';
import { mkdir, open, readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { finished } from 'node:stream/promises';
import type { IndexDescription } from 'mongodb';

/** What a file of a backup has to be. */
export interface FileFacts {
  name: string;
  bytes: number;
  /** Lowercase hexadecimal. */
  sha256: string;
}

export interface CollectionFacts {
  database: string;
  collection: string;
  documents: number;
  /** BSON documents, one after the other (as mongodump has them). */
  file: FileFacts;
  /** As `createIndexes` takes them. */
  indexes: IndexDescription[];
}

/** What is in a backup. It is written when everything else is on disk: a folder without it is no backup. */
export interface Manifest {
  version: 1;
  id: string;
  /** ISO 8601. What was acknowledged before the beginning is in it. */
  startedAt: string;
  finishedAt: string;
  collections: CollectionFacts[];
  /** Lists of blobs, see `blobs.ts`; their contents lie in `objects/`, shared by all backups of the folder. */
  blobLists: FileFacts[];
  blobs: number;
  blobBytes: number;
  deadLetters: FileFacts & { letters: number };
}

/** The backup is not whole, or not what was written. */
export class BackupDamaged extends Error {
  override name = 'BackupDamaged';
}

const manifestName = 'manifest.json';

/** Where a backup of this folder lies. */
export function pathOf(folder: string, id: string, ...names: string[]): string {
  return join(folder, 'backups', id, ...names);
}

/** Where bytes with this SHA-256 lie, once for all backups that have them. */
export function objectPath(folder: string, sha256: string): string {
  return join(folder, 'objects', sha256.slice(0, 2), sha256);
}

/** A new backup's folder; its id is the time. */
export async function beginBackup(folder: string, now: Date): Promise<string> {
  const id = now.toISOString().replaceAll(/[:.]/g, '-');
  await mkdir(join(folder, 'backups'), { recursive: true });
  await mkdir(pathOf(folder, id));
  return id;
}

/** From here on it is a backup. */
export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  const target = pathOf(folder, manifest.id, manifestName);
  const file = await open(`${target}.new`, 'w');
  try {
    await file.writeFile(`${JSON.stringify(manifest, null, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${target}.new`, target);
}

/**
 * Ids of all backups that are whole, oldest first.
 * @throws when a manifest is there and cannot be read: an older backup must not quietly take the place of the last one
 */
export async function listBackups(folder: string): Promise<string[]> {
  const ids = (await readdir(join(folder, 'backups')).catch(unlessMissing)) ?? [];
  const found = ids.map((id) => readManifest(folder, id).catch((error) => unlessMissing(error.cause, error)));
  const manifests = await Promise.all(found);
  return manifests.flatMap((manifest) => (manifest ? [manifest.id] : [])).sort();
}

/** @throws BackupDamaged when there is none, since it was broken off */
export async function readManifest(folder: string, id: string): Promise<Manifest> {
  const text = await readFile(pathOf(folder, id, manifestName), 'utf8').catch((cause) => {
    throw new BackupDamaged(`There is no backup ${id} in ${folder}, or it was broken off before its end.`, { cause });
  });
  try {
    return JSON.parse(text);
  } catch (cause) {
    const manifest = pathOf(folder, id, manifestName);
    throw new BackupDamaged(`${manifest} is damaged. Name another backup by --backup, or remove its folder.`, {
      cause,
    });
  }
}

/** Undefined for what is not there; anything else that went wrong is thrown. */
function unlessMissing(error: NodeJS.ErrnoException, thrown: unknown = error): undefined {
  if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw thrown;
}

/** A file that is written once: its length and hash are known at its end, when it is on disk. */
export class NewFile {
  readonly #name: string;
  readonly #stream: WriteStream;
  readonly #hash = createHash('sha256');
  #bytes = 0;

  constructor(path: string, name: string) {
    this.#name = name;
    this.#stream = createWriteStream(path, { flush: true });
    this.#stream.on('error', () => {});
  }

  /** Resolves when there is room for more. */
  async write(chunk: Uint8Array | string): Promise<void> {
    const bytes = Buffer.from(chunk as Uint8Array);
    this.#hash.update(bytes);
    this.#bytes += bytes.length;
    if (this.#stream.errored) throw this.#stream.errored;
    if (!this.#stream.write(bytes)) {
      await new Promise<void>((resolve, reject) => {
        this.#stream.once('drain', resolve).once('error', reject);
      });
    }
  }

  async end(): Promise<FileFacts> {
    this.#stream.end();
    await finished(this.#stream);
    return { name: this.#name, bytes: this.#bytes, sha256: this.#hash.digest('hex') };
  }
}

/** @throws BackupDamaged when the file is not what the manifest says */
export async function requireWhole(path: string, facts: Pick<FileFacts, 'bytes' | 'sha256'>): Promise<void> {
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    for await (const chunk of createReadStream(path)) {
      hash.update(chunk);
      bytes += chunk.length;
    }
  } catch (cause) {
    throw new BackupDamaged(`${path} cannot be read.`, { cause });
  }
  if (bytes !== facts.bytes || hash.digest('hex') !== facts.sha256)
    throw new BackupDamaged(`${path} is not what was backed up: its bytes have changed.`);
}

/** The objects of a file with a JSON object in each line. */
export async function* readLines<T>(path: string): AsyncGenerator<T> {
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY }))
    if (line !== '') yield JSON.parse(line);
}
