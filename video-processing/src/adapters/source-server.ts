import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ByteClient } from '@flixtube/chassis/byte-client';
import { DomainError } from '@flixtube/chassis/errors';
import { meterCache, Registry } from '@flixtube/chassis/metrics';
import { type Representation, sendRepresentation } from '@flixtube/chassis/representation';
import type { Resource } from '@flixtube/chassis/service';
import type { VideoSource } from '@flixtube/contracts/events/video-uploaded';
import type { Sources } from '../domain/ports.ts';
import { SourceBlocks } from './source-blocks.ts';

interface Served {
  source: VideoSource;
  ended: AbortController;
  failure: unknown;
  /** Runs what it is given as a part of the task, with its trace. */
  within: <T>(fn: () => T) => T;
}

/** An encoder reads on when it has room again, which may take it minutes. */
const stallSeconds = 1_800;

/**
 * Gives programs on this machine the files that tasks are about, so that they need no network but the loopback interface
 * and no identity. It listens there only, and each file is served for the time of a task, under a path that nobody can
 * guess, to whoever knows it.
 */
export function sourceServer(
  storage: Pick<ByteClient, 'get'>,
  cache: { folder: string; mostBytes: number; metrics?: Registry },
): Sources & Resource {
  const { folder, mostBytes, metrics = new Registry() } = cache;
  const blocks = new SourceBlocks({
    folder,
    mostBytes,
    onAsked: (kept) => meter.asked(kept),
    async fetch({ key, sha256 }, range, signal) {
      // video-storage's entity tag is the SHA-256, so If-Match pins the bytes.
      const { body } = await storage.get(`/internal/objects/${key}`, { range, ifMatch: `"${sha256}"`, signal });
      return body;
    },
  });
  const meter = meterCache(metrics, {
    cache: 'source-blocks',
    entries: () => blocks.size,
    bytes: () => blocks.bytes,
  });
  const served = new Map<string, Served>();
  const server = createServer((req, res) => void answer(req, res));
  let port = 0;

  async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const one = served.get(req.url ?? '');
    if (one === undefined || (req.method !== 'GET' && req.method !== 'HEAD')) {
      res.writeHead(one === undefined ? 404 : 405).end();
      return;
    }
    try {
      await one.within(() => sendRepresentation(req, res, representationOf(one, blocks), { stallSeconds }));
    } catch (error) {
      if (error instanceof DomainError && isAboutRequest(error)) {
        res.writeHead(error.kind === 'range-not-satisfiable' ? 416 : 412).end();
        return;
      }
      if (!one.ended.signal.aborted) one.failure ??= error;
      if (res.headersSent) res.destroy();
      else res.writeHead(502).end();
    }
  }

  return {
    name: 'source server',

    serve(source) {
      if (port === 0) throw new DomainError('unavailable', 'This worker has not started yet.');
      const path = `/${randomBytes(24).toString('base64url')}`;
      const within = AsyncLocalStorage.snapshot();
      const one: Served = { source, ended: new AbortController(), failure: undefined, within };
      served.set(path, one);
      return {
        url: `http://127.0.0.1:${port}${path}`,
        sizeBytes: source.sizeBytes,
        failure: () => one.failure,
        close() {
          served.delete(path);
          one.ended.abort();
        },
      };
    },

    start: () =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, '127.0.0.1', () => {
          server.off('error', reject);
          ({ port } = server.address() as AddressInfo);
          resolve();
        });
      }),
    check: async () => {},
    stop: () =>
      new Promise((resolve) => {
        blocks.close();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Of no concern to the task: the program asked for what is not there. */
function isAboutRequest({ kind }: DomainError): boolean {
  return kind === 'range-not-satisfiable' || kind === 'precondition-failed';
}

function representationOf({ source, ended }: Served, blocks: SourceBlocks): Representation {
  return {
    sizeBytes: source.sizeBytes,
    contentType: source.contentType,
    etag: `"${source.sha256}"`,
    read: async (range, gone) => blocks.read(source, range, AbortSignal.any([gone, ended.signal])),
  };
}
