import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { DomainError } from '@flixtube/chassis/errors';
import { createApp, route } from '@flixtube/chassis/http';
import { type Identity, requireService } from '@flixtube/chassis/identity';
import { createLogger } from '@flixtube/chassis/logger';
import { sendRepresentation } from '@flixtube/chassis/representation';
import type { VideoSource } from '@flixtube/contracts/events/video-uploaded';
import { type RequestHandler, Router } from 'express';

const pageSize = 3;

/** video-storage, played by the test: objects in memory, in pages that are short. */
export class FakeStorage {
  readonly objects = new Map<string, Buffer>();
  /** Whether it answers 503 to everything. */
  isDown = false;
  /** Called before an object is stored. */
  beforePut: (key: string) => void | Promise<void> = () => {};
  url = '';
  #server: Server | undefined;
  readonly #identity: Identity;

  constructor(identity: Identity) {
    this.#identity = identity;
  }

  get keys(): string[] {
    return [...this.objects.keys()].toSorted();
  }

  /** Puts in what was uploaded. */
  upload(videoId: string, bytes: Buffer): VideoSource {
    const key = `videos/${videoId}/source`;
    this.objects.set(key, bytes);
    return { key, contentType: 'video/mp4', sizeBytes: bytes.length, sha256: shaOf(bytes) };
  }

  json(key: string): unknown {
    return JSON.parse(String(this.objects.get(key)));
  }

  removeAll(prefix: string): number {
    const keys = this.keys.filter((key) => key.startsWith(prefix));
    for (const key of keys) this.objects.delete(key);
    return keys.length;
  }

  async start(): Promise<void> {
    const router = Router();
    const up: RequestHandler = (_req, _res, next) => {
      next(this.isDown ? new DomainError('unavailable', 'The store cannot be reached.') : undefined);
    };
    route(router, '/internal/objects/*key', {
      GET: [requireService(), up, this.#get],
      PUT: [requireService(), up, this.#put],
    });
    route(router, '/internal/objects', {
      GET: [requireService(), up, this.#list],
      DELETE: [requireService(), up, this.#delete],
    });
    const logger = createLogger({ service: 'fake-storage', level: 'silent' });
    this.#server = createServer(createApp({ logger, identity: this.#identity, routers: [router] }));
    await new Promise<void>((resolve) => this.#server?.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server?.close(resolve));
    this.#server?.closeAllConnections();
    await closed;
  }

  #get: RequestHandler = async (req, res) => {
    const bytes = this.objects.get(keyOf(req.params.key));
    if (bytes === undefined) throw new DomainError('not-found', 'There is no file under this key.');
    await sendRepresentation(req, res, {
      sizeBytes: bytes.length,
      contentType: 'video/mp4',
      etag: `"${shaOf(bytes)}"`,
      read: async ({ start, end }) => Readable.from([bytes.subarray(start, end + 1)]),
    });
  };

  #put: RequestHandler = async (req, res) => {
    const key = keyOf(req.params.key);
    const bytes = await buffer(req);
    await this.beforePut(key);
    const before = this.objects.get(key);
    if (before && !before.equals(bytes)) throw new DomainError('conflict', 'This key is taken.');
    this.objects.set(key, bytes);
    res.status(201).json({ key, sizeBytes: bytes.length, sha256: shaOf(bytes), contentType: 'video/mp4', etag: '"e"' });
  };

  #list: RequestHandler = (req, res) => {
    const { prefix, cursor } = req.query as { prefix: string; cursor?: string };
    const after = this.keys.filter((key) => key.startsWith(prefix) && key > (cursor ?? ''));
    const items = after.slice(0, pageSize).map((key) => ({
      key,
      sizeBytes: this.objects.get(key)?.length ?? 0,
      etag: '"e"',
      lastModified: '2026-03-01T12:00:00.000Z',
    }));
    res.json({ items, nextCursor: after.length > pageSize ? items.at(-1)?.key : null });
  };

  #delete: RequestHandler = (req, res) => {
    res.json({ deleted: this.removeAll(String(req.query.prefix)) });
  };
}

function keyOf(segments: unknown): string {
  return (segments as string[]).join('/');
}

function shaOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
