import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { crc32 } from 'node:zlib';
import { DomainError } from '@flixtube/chassis/errors';
import { createApp, json, parse, route } from '@flixtube/chassis/http';
import { type Identity, requireService } from '@flixtube/chassis/identity';
import { createLogger } from '@flixtube/chassis/logger';
import { blockList, type StoredObject, storedObject } from '@flixtube/contracts/http/internal';
import { type RequestHandler, Router } from 'express';

/** What goes wrong: nothing; the connection dies in the middle; other bytes are kept than were sent; … */
type Mood = 'well' | 'dies' | 'wrong-sha' | 'wrong-size' | 'silent' | 'refuses' | 'nonsense';

/** How the fake tells what is no video: real storage knows many signatures. */
export const noVideo = Buffer.from('%PDF-1.7 this is no video');

/** Every other body is an MP4 to it. */
const isRefused = (bytes: Buffer, accept: unknown) =>
  bytes.subarray(0, 5).equals(noVideo.subarray(0, 5)) || !/(^|,)video\/(\*|mp4)(,|$)/.test(String(accept));

/** video-storage, played by the test: it keeps digests in memory, and half-stored objects until they are removed. */
export class FakeStorage {
  readonly objects = new Map<string, StoredObject>();
  /** Keys of which bytes came that were never committed: blocks that a real store would keep. */
  readonly uncommitted = new Set<string>();
  readonly removed: string[] = [];
  /** Blocks that were staged and not committed, by key and id, in the order in which they came. */
  readonly blocks = new Map<string, Map<string, Buffer>>();
  readonly accepted: (string | undefined)[] = [];
  mood: Mood = 'well';
  /** How much of a body comes before a mood shows. */
  afterBytes = 0;
  /** Whether removing fails, as when the store behind it is away. */
  keepsAll = false;
  /** What is awaited before a block is staged. */
  beforeStaging: () => Promise<void> = async () => {};
  /** What is awaited before a whole body, or a list of blocks, is committed. */
  beforeCommit: () => Promise<void> = async () => {};
  url = '';
  #server: Server | undefined;
  #port = 0;
  readonly #identity: Identity;

  constructor(identity: Identity) {
    this.#identity = identity;
  }

  /** Everything that is kept, whole or not. */
  get keys(): string[] {
    return [...this.objects.keys(), ...this.uncommitted, ...this.blocks.keys()];
  }

  /** Listens, on the same port as before when it was stopped. */
  async start(): Promise<void> {
    const router = Router();
    route(router, '/internal/objects/*key', { PUT: [requireService(), this.#put] });
    const blockHandlers = {
      PUT: [requireService(), this.#putBlock],
      POST: [requireService(), json(2_500_000), this.#commit],
    };
    route(router, '/internal/blocks/*key', blockHandlers);
    route(router, '/internal/objects', { DELETE: [requireService(), this.#delete] });
    const logger = createLogger({ service: 'fake-storage', level: 'silent' });
    this.#server = createServer(createApp({ logger, identity: this.#identity, routers: [router] }));
    await new Promise<void>((resolve) => this.#server?.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (this.#server.address() as AddressInfo).port;
    this.url = `http://127.0.0.1:${this.#port}`;
  }

  /** As a kill does it: connections break, nobody listens any more. */
  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server?.close(resolve));
    this.#server?.closeAllConnections();
    await closed;
  }

  #put: RequestHandler = async (req, res) => {
    const key = (req.params.key as unknown as string[]).join('/');
    this.accepted.push(req.query.accept as string | undefined);
    if (this.mood === 'refuses') throw new DomainError('conflict', 'This key is taken.');
    const hash = createHash('sha256');
    let sizeBytes = 0;
    this.uncommitted.add(key);
    for await (const chunk of bodyOf(req)) {
      if (sizeBytes === 0 && isRefused(chunk, req.query.accept)) {
        throw new DomainError('unsupported-type', 'This type is not accepted here.');
      }
      hash.update(chunk);
      sizeBytes += chunk.length;
      if (this.mood === 'dies' && sizeBytes > this.afterBytes) return void req.socket.destroy();
      if (this.mood === 'silent' && sizeBytes > this.afterBytes) return;
    }
    if (this.mood === 'nonsense') return void res.status(201).json({ fine: true });
    await this.beforeCommit();
    const sha256 = this.mood === 'wrong-sha' ? '0'.repeat(64) : hash.digest('hex');
    if (this.mood === 'wrong-size') sizeBytes -= 1;
    const object = storedObject.parse({ key, sizeBytes, sha256, contentType: 'video/mp4', etag: `"${sha256}"` });
    this.uncommitted.delete(key);
    this.objects.set(key, object);
    res.status(201).json(object);
  };

  #putBlock: RequestHandler = async (req, res) => {
    const key = (req.params.key as unknown as string[]).join('/');
    const { block, accept } = req.query as Record<string, string>;
    const chunks: Buffer[] = [];
    let sizeBytes = 0;
    for await (const chunk of bodyOf(req)) {
      chunks.push(chunk);
      sizeBytes += chunk.length;
      if (this.mood === 'dies' && sizeBytes > this.afterBytes) return void req.socket.destroy();
    }
    const bytes = Buffer.concat(chunks);
    if (accept !== undefined) this.accepted.push(accept);
    if (accept !== undefined && isRefused(bytes, accept)) {
      throw new DomainError('unsupported-type', 'This type is not accepted here.');
    }
    if (bytes.length === 0 || bytes.length > 4 * 1024 * 1024) throw new DomainError('too-large', 'No such block.');
    await this.beforeStaging();
    const staged = this.blocks.get(key) ?? new Map<string, Buffer>();
    this.blocks.set(key, staged.set(block as string, bytes));
    const sum = this.mood === 'wrong-sha' ? 0 : crc32(bytes);
    res.status(201).json({ sizeBytes, crc32: sum, contentType: accept === undefined ? null : 'video/mp4' });
  };

  #commit: RequestHandler = async (req, res) => {
    const key = (req.params.key as unknown as string[]).join('/');
    const list = parse(blockList, req.body);
    await this.beforeCommit();
    if (this.mood === 'dies') return void req.socket.destroy();
    const existing = this.objects.get(key);
    const staged = list.blocks.map((id) => this.blocks.get(key)?.get(id));
    if (existing === undefined && staged.includes(undefined)) throw new DomainError('gone', 'The blocks are gone.');
    const sha256 = existing?.sha256 ?? sha256Of(staged as Buffer[]);
    // Real storage has only our word for it; the fake sees to it that the word is true.
    if (sha256 !== list.sha256) throw new DomainError('conflict', 'Other bytes than those of the blocks.');
    const { sizeBytes, contentType } = list;
    const object = storedObject.parse({ key, sizeBytes, sha256, contentType, etag: `"${sha256}"` });
    this.blocks.delete(key);
    this.objects.set(key, object);
    res.status(201).json(object);
  };

  #delete: RequestHandler = (req, res) => {
    if (this.keepsAll) throw new DomainError('unavailable', 'The store cannot be reached.');
    const prefix = String(req.query.prefix);
    this.removed.push(prefix);
    const keys = this.keys.filter((key) => key.startsWith(prefix));
    for (const key of keys) {
      this.objects.delete(key);
      this.uncommitted.delete(key);
      this.blocks.delete(key);
    }
    res.json({ deleted: keys.length });
  };
}

/** Leaves the request open when the loop ends early, so that it can be answered. */
function bodyOf(req: IncomingMessage): AsyncIterable<Buffer> {
  return req.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
}

function sha256Of(blocks: Buffer[]): string {
  const hash = createHash('sha256');
  for (const block of blocks) hash.update(block);
  return hash.digest('hex');
}
