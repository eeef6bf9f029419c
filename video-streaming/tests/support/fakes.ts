import { createHash } from 'node:crypto';
import { EventEmitter, on } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Identity } from '@flixtube/chassis/identity';
import type { InternalVideo } from '@flixtube/contracts/http/internal';

/** A neighbour that a test plays, which takes only calls of a service. */
export interface Fake {
  url: string;
  requests: IncomingMessage[];
  connections(): number;
  /** Resolves when none is open any more; rejects after `withinMs`. */
  idle(withinMs: number): Promise<void>;
  /** Ends every connection with a reset, as a killed process does, and listens no more. */
  kill(): Promise<void>;
  revive(): Promise<void>;
}

async function startFake(identity: Identity, answer: RequestListener): Promise<Fake> {
  const sockets = new Set<Socket>();
  const changes = new EventEmitter();
  const requests: IncomingMessage[] = [];
  const server = createServer(async (req, res) => {
    res.on('error', () => undefined);
    requests.push(req);
    const caller = await identity.verify(String(req.headers['x-flixtube-identity']));
    if (caller.kind === 'service' && caller.name === 'video-streaming') answer(req, res);
    else problem(res, 403);
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => {
      sockets.delete(socket);
      changes.emit('closed');
    });
  });
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    connections: () => sockets.size,
    async idle(withinMs) {
      const closings = on(changes, 'closed', { signal: AbortSignal.timeout(withinMs) });
      while (sockets.size > 0) await closings.next();
    },
    async kill() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.resetAndDestroy();
      await closed;
    },
    revive: () => listen(port),
  };
}

export function problem(res: ServerResponse, status: number, headers: Record<string, string> = {}): void {
  const body = { type: 'about:blank', title: 'Fake', status, detail: 'As the fake says.', instance: '/', traceId: '' };
  res.writeHead(status, { 'content-type': 'application/problem+json', ...headers }).end(JSON.stringify(body));
}

export interface FakeMetadata extends Fake {
  videos: Map<string, InternalVideo>;
  /** Answers in its place, while set. */
  instead: RequestListener | undefined;
}

/** metadata's GET /internal/videos/:id, and what changes a text track. */
export async function fakeMetadata(identity: Identity): Promise<FakeMetadata> {
  const videos = new Map<string, InternalVideo>();
  const fake = await startFake(identity, (req, res) => {
    if (all.instead !== undefined) return all.instead(req, res);
    const [, captioned, language] = /^\/internal\/videos\/([^/]+)\/captions\/([^/?]+)/.exec(req.url ?? '') ?? [];
    if (captioned !== undefined) return void changeCaptions(captioned, language as string, req, res);
    const video = videos.get(req.url?.replace('/internal/videos/', '') ?? '');
    if (video === undefined) return problem(res, 404);
    res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(video));
  });
  async function changeCaptions(id: string, language: string, req: IncomingMessage, res: ServerResponse) {
    const video = videos.get(id);
    if (video === undefined) return problem(res, 404);
    const before = video.captions.find((track) => track.language === language);
    const others = video.captions.filter((track) => track !== before);
    const given = req.method === 'PUT' ? [{ language, ...JSON.parse(await text(req)) }] : [];
    const viewerId = given[0]?.viewerId ?? new URL(req.url ?? '', 'http://x').searchParams.get('viewerId');
    if (viewerId !== video.ownerId) return problem(res, 403);
    if (req.method === 'DELETE' && before === undefined) return problem(res, 404);
    videos.set(id, { ...video, captions: [...others, ...given] });
    res
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ replaced: before?.key ?? null, isNew: before === undefined }));
  }
  const all: FakeMetadata = Object.assign(fake, { videos, instead: undefined });
  return all;
}

export interface FakeStorage extends Fake {
  /** Puts bytes under a key, and says what metadata would know of them. */
  put(key: string, bytes: Buffer): InternalVideo['source'];
  /** Which there are. */
  keys(): string[];
  remove(key: string): void;
  /** Answers a read in its place, while set. */
  instead: RequestListener | undefined;
}

/** video-storage's GET /internal/objects/*key, for If-Match and a single range, its PUT, DELETE of a folder, and
 * GET /internal/addresses/*key. */
export async function fakeStorage(identity: Identity): Promise<FakeStorage> {
  const objects = new Map<string, { bytes: Buffer; etag: string }>();
  const fake = await startFake(identity, (req, res) => {
    if (all.instead !== undefined) return all.instead(req, res);
    if (req.method === 'PUT') return void take(req, res);
    if (req.method === 'DELETE') {
      const prefix = new URL(req.url ?? '', 'http://x').searchParams.get('prefix') as string;
      for (const key of objects.keys()) if (key.startsWith(prefix)) objects.delete(key);
      res.writeHead(200, { 'content-type': 'application/json' }).end('{"deleted":1}');
      return;
    }
    const { pathname, searchParams } = new URL(req.url ?? '', 'http://x');
    if (pathname.startsWith('/internal/addresses/')) {
      const key = pathname.replace('/internal/addresses/', '');
      const url = `https://cdn.example/videos/${key}?sharing=${searchParams.get('sharing')}&sig=secret`;
      const expiresAt = new Date(Date.now() + 600_000).toISOString();
      res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ url, expiresAt }));
      return;
    }
    const object = objects.get(decodeURIComponent(req.url?.replace('/internal/objects/', '') ?? ''));
    const [, start, end] = /^bytes=(\d+)-(\d+)$/.exec(req.headers.range ?? '') ?? [];
    if (object === undefined) return problem(res, 404);
    const pinned = req.headers['if-match'];
    if (pinned !== undefined && pinned !== object.etag) return problem(res, 412);
    if (start === undefined) {
      res.writeHead(200, { 'content-length': object.bytes.length, etag: object.etag });
      return void res.end(object.bytes);
    }
    const part = object.bytes.subarray(Number(start), Number(end) + 1);
    res.writeHead(206, {
      'content-type': 'video/mp4',
      'content-length': part.length,
      'content-range': `bytes ${start}-${end}/${object.bytes.length}`,
      etag: object.etag,
    });
    res.end(part);
  });
  async function take(req: IncomingMessage, res: ServerResponse): Promise<void> {
    all.put(req.url?.replace('/internal/objects/', '') ?? '', Buffer.from(await text(req)));
    res.writeHead(201, { 'content-type': 'application/json' }).end('{}');
  }
  const all: FakeStorage = Object.assign(fake, {
    instead: undefined,
    keys: () => [...objects.keys()],
    remove: (key: string) => void objects.delete(key),
    put(key: string, bytes: Buffer) {
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      objects.set(key, { bytes, etag: `"${sha256}"` });
      return { key, sha256, sizeBytes: bytes.length, contentType: 'video/mp4' };
    },
  });
  return all;
}
