import type { ByteClient } from '@flixtube/chassis/byte-client';
import { DomainError } from '@flixtube/chassis/errors';
import { meterCache, type Registry } from '@flixtube/chassis/metrics';
import { type HlsManifest, hlsManifest } from '@flixtube/contracts/hls-manifest';
import { LRUCache } from 'lru-cache';
import { FileGone, type SmallFile, type StoredFiles } from '../domain/stored-files.ts';
import { objectPath } from './object-path.ts';

/** A manifest of a day of video in five renditions has 24 MiB, one of two hours 2 MiB; a sprite has some 100 KiB. */
const mostManifestBytes = 32 * 2 ** 20;
const mostSmallBytes = 4 * 2 ** 20;
const keptBytes = 32 * 2 ** 20;
const keptSegments = 200_000;

/** What processing has made, as video-storage serves it. Since it never changes, what is asked for often is kept. */
export function httpStoredFiles(storage: Pick<ByteClient, 'get'>, metrics: Registry): StoredFiles {
  const files = new LRUCache<string, SmallFile>({
    maxSize: keptBytes,
    sizeCalculation: ({ bytes }) => bytes.length || 1,
  });
  const manifests = new LRUCache<string, HlsManifest>({ maxSize: keptSegments, sizeCalculation: segmentsOf });
  const ofFiles = meterCache(metrics, {
    cache: 'small-files',
    entries: () => files.size,
    bytes: () => files.calculatedSize,
  });
  const ofManifests = meterCache(metrics, { cache: 'manifests', entries: () => manifests.size });
  const asking = new Map<string, Promise<unknown>>();

  /** However many ask at once, the store is asked once. */
  function once<T>(key: string, ask: () => Promise<T>): Promise<T> {
    const asked = asking.get(key) as Promise<T> | undefined;
    if (asked !== undefined) return asked;
    const answer = ask().finally(() => asking.delete(key));
    asking.set(key, answer);
    return answer;
  }

  async function load(key: string, mostBytes: number): Promise<SmallFile> {
    // Not the viewer's signal: others may be waiting for the same.
    const signal = AbortSignal.timeout(10_000);
    const { headers, body } = await storage.get(objectPath(key), { signal }).catch((error: unknown) => {
      throw signal.aborted ? unreadable(error) : goneOr(error);
    });
    const chunks: Buffer[] = [];
    let length = 0;
    try {
      for await (const chunk of body as AsyncIterable<Buffer>) {
        length += chunk.length;
        if (length > mostBytes) throw new Error(`${key} has more than ${mostBytes} bytes`);
        chunks.push(chunk);
      }
    } catch (error) {
      throw unreadable(error);
    }
    return { bytes: Buffer.concat(chunks, length), etag: String(headers.etag) };
  }

  return {
    async read({ key, start: offset }, { start, end }, signal) {
      const range = { start: offset + start, end: offset + end };
      try {
        const { status, headers, body } = await storage.get(objectPath(key), { range, signal });
        if (status === 206 && headers['content-range']?.startsWith(`bytes ${range.start}-${range.end}/`)) return body;
        body.destroy();
      } catch (error) {
        throw signal.aborted ? error : goneOr(error);
      }
      throw unreadable(new Error(`asked for bytes ${range.start}-${range.end} of ${key}, got others`));
    },

    async small(key) {
      const kept = files.get(key);
      ofFiles.asked(kept !== undefined);
      if (kept !== undefined) return kept;
      return once(key, async () => {
        const file = await load(key, mostSmallBytes);
        files.set(key, file);
        return file;
      });
    },

    async manifest(key) {
      const kept = manifests.get(key);
      ofManifests.asked(kept !== undefined);
      if (kept !== undefined) return kept;
      return once(key, async () => {
        const { bytes } = await load(key, mostManifestBytes);
        const manifest = parse(bytes);
        manifests.set(key, manifest);
        return manifest;
      });
    },
  };
}

function segmentsOf({ video, audio }: HlsManifest): number {
  const counts = [...video, ...audio].flatMap(({ parts }) => parts.map(({ segments }) => segments.length));
  return counts.reduce((sum, count) => sum + count, 1);
}

function parse(bytes: Buffer): HlsManifest {
  try {
    return hlsManifest.parse(JSON.parse(bytes.toString()));
  } catch (error) {
    throw unreadable(error);
  }
}

function goneOr(error: unknown): unknown {
  if (!(error instanceof DomainError)) return unreadable(error);
  if (['unavailable', 'timeout', 'bad-neighbour'].includes(error.kind)) return error;
  if (error.kind === 'not-found') return new FileGone({ cause: error });
  return unreadable(error);
}

function unreadable(cause: unknown): DomainError {
  return new DomainError('bad-neighbour', 'The video could not be read. Please try again later.', { cause });
}
