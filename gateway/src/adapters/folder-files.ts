import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { extname, join, resolve, sep } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { meterCache, type Registry } from '@flixtube/chassis/metrics';
import { LRUCache } from 'lru-cache';
import type { Encoding, SiteFile, SiteFiles } from '../domain/site-files.ts';

const keptBytes = 64 * 2 ** 20;
/** Below, what compression saves is less than a packet. */
const leastCompressed = 1024;
/** Of 11; the last two steps take ten times as long and save a few per cent. */
const brotliQuality = 9;

/**
 * The files of a folder that holds a built web app, kept in memory as they are sent: a few megabytes that are read and
 * compressed once. A file that changes on disk is read anew, so a new build needs no restart.
 *
 * @param counted where it is counted how often a file was in memory, and under which name
 */
export function createFolderFiles(folder: string, counted: { metrics: Registry; cache: string }): SiteFiles {
  const root = resolve(folder);
  const kept = new LRUCache<string, SiteFile & { bytes: number }>({
    maxSize: keptBytes,
    sizeCalculation: ({ bytes }) => bytes * 2 + 1024,
  });
  const meter = meterCache(counted.metrics, {
    cache: counted.cache,
    entries: () => kept.size,
    bytes: () => kept.calculatedSize,
  });

  return {
    async find(path) {
      const file = resolve(join(root, path));
      if (!file.startsWith(root + sep) || /[\\/]\./.test(file.slice(root.length)) || file.includes('\0'))
        return undefined;
      const handle = await open(file).catch(absent);
      if (handle === undefined) return undefined;
      try {
        const stats = await handle.stat();
        if (!stats.isFile()) return undefined;
        const version = `${file}\0${stats.ino}\0${stats.mtimeMs}\0${stats.size}`;
        const known = kept.get(version);
        meter.asked(known !== undefined);
        if (known !== undefined) return known;
        const read = siteFile(file, await handle.readFile());
        kept.set(version, read);
        return read;
      } finally {
        await handle.close();
      }
    },
  };
}

function siteFile(path: string, bytes: Buffer): SiteFile & { bytes: number } {
  const contentType = contentTypes[extname(path).toLowerCase()] ?? 'application/octet-stream';
  const compressible = /^(text\/|image\/svg)|json|javascript/.test(contentType) && bytes.length >= leastCompressed;
  const hash = createHash('sha256').update(bytes).digest('base64url');
  const made = new Map<Encoding, Promise<Buffer>>();
  return {
    bytes: bytes.length,
    contentType,
    encodings: compressible ? ['br', 'gzip', 'identity'] : ['identity'],
    async content(encoding) {
      const encoded = made.get(encoding) ?? encode(bytes, encoding);
      made.set(encoding, encoded);
      return { bytes: await encoded, etag: `"${hash}${encoding === 'identity' ? '' : `-${encoding}`}"` };
    },
  };
}

async function encode(bytes: Buffer, encoding: Encoding): Promise<Buffer> {
  if (encoding === 'identity') return bytes;
  if (encoding === 'gzip') return promisify(gzip)(bytes, { level: 9 });
  const params = { [constants.BROTLI_PARAM_QUALITY]: brotliQuality, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  return promisify(brotliCompress)(bytes, { params });
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'EISDIR', 'ELOOP', 'EACCES'].includes(error.code ?? '')) return undefined;
  throw error;
}

const contentTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.mjs': 'text/javascript; charset=utf-8',
  '.mp4': 'video/mp4',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};
