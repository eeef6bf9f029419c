import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Router } from 'express';
import { type RunningApp, runApp, testSecret } from '../tests/support/running-app.ts';
import { type ByteClient, type ByteClientOptions, createByteClient } from './byte-client.ts';
import { DomainError } from './errors.ts';
import { route } from './http.ts';
import { createIdentity, identityHeader } from './identity.ts';
import { runInTrace } from './trace.ts';

const identity = createIdentity({ secret: testSecret, service: 'video-streaming' });
const MiB = 1024 * 1024;

let neighbour: Server | undefined;
let app: RunningApp | undefined;
let client: ByteClient;
afterEach(async () => {
  await client?.close();
  neighbour?.closeAllConnections();
  neighbour?.close();
  await app?.close();
  neighbour = undefined;
  app = undefined;
});

/** A neighbour that answers so, and a client for it. */
async function meet(listener: RequestListener, options: Partial<ByteClientOptions> = {}): Promise<void> {
  neighbour = createServer(listener).listen(0, '127.0.0.1');
  await once(neighbour, 'listening');
  turnTo((neighbour.address() as AddressInfo).port, options);
}

function turnTo(port: number, options: Partial<ByteClientOptions> = {}): void {
  client = createByteClient({ baseUrl: `http://127.0.0.1:${port}`, identity, name: 'video-storage', ...options });
}

/** The error that something fails with. */
// biome-ignore lint/suspicious/noExplicitAny: each test knows which error it wants
async function failure(work: Promise<unknown>): Promise<any> {
  const outcome = await work.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ('error' in outcome) return outcome.error;
  throw new Error(`It did not fail: ${JSON.stringify(outcome.value)}`);
}

/** How a request ends at the neighbour, as seen there. */
function endingOf(req: IncomingMessage): Promise<{ whole: boolean; bytes: number }> {
  let bytes = 0;
  req.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
  });
  req.on('error', () => undefined);
  return new Promise((resolve) => req.once('close', () => resolve({ whole: req.complete, bytes })));
}

const never = new AbortController().signal;
/** Chunks without end. */
const endless = (res: ServerResponse) => {
  const write = () => {
    while (!res.destroyed && res.write(Buffer.alloc(64 * 1024)));
  };
  res.on('drain', write).on('error', () => undefined);
  write();
};

describe('get', () => {
  it('carries identity, trace, Range and If-Match, and streams what is answered', async () => {
    const bytes = randomBytes(3 * MiB);
    let asked: IncomingMessage | undefined;
    await meet((req, res) => {
      asked = req;
      res.writeHead(206, { 'Content-Range': 'bytes 5-9/100', ETag: '"a"' }).end(bytes);
    });
    const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    const { status, headers, body } = await runInTrace(traceparent, () =>
      client.get('/internal/objects/a%20b?x=1', { range: { start: 5, end: 9 }, ifMatch: '"a"', signal: never }),
    );
    expect([status, headers['content-range'], headers.etag]).toEqual([206, 'bytes 5-9/100', '"a"']);
    expect((await buffer(body)).equals(bytes)).toBe(true);
    expect(asked?.url).toBe('/internal/objects/a%20b?x=1');
    expect(asked?.headers).toMatchObject({ range: 'bytes=5-9', 'if-match': '"a"' });
    expect(asked?.headers.traceparent).toMatch(/^00-a{32}-/);
    const token = String(asked?.headers[identityHeader]);
    expect(await identity.verify(token)).toEqual({ kind: 'service', name: 'video-streaming' });
  });

  it('uses a connection again', async () => {
    const ports = new Set<number | undefined>();
    await meet((req, res) => {
      ports.add(req.socket.remotePort);
      res.end('abc');
    });
    for (let i = 0; i < 3; i += 1) {
      await buffer((await client.get('/', { signal: never })).body);
      await new Promise(setImmediate);
    }
    expect(ports.size).toBe(1);
  });

  it('a connection that was kept is closed when it is to be used: asks once more', async () => {
    let asked = 0;
    await meet((req, res) => {
      asked += 1;
      if (asked === 2) req.socket.destroy();
      else res.end('abc');
    });
    for (let i = 0; i < 2; i += 1) {
      expect((await buffer((await client.get('/', { signal: never })).body)).toString()).toBe('abc');
    }
    expect(asked).toBe(3);
  });

  it.each([
    ['its signal', (abort: AbortController, _body: Readable) => abort.abort()],
    ['destroying the body', (_abort: AbortController, body: Readable) => body.destroy()],
  ])('ended by %s in the middle: the neighbour sees the connection go within a second', async (_, end) => {
    const gone = Promise.withResolvers<number>();
    await meet((_req, res) => {
      res.once('close', () => gone.resolve(performance.now()));
      endless(res);
    });
    const abort = new AbortController();
    const { body } = await client.get('/', { signal: abort.signal });
    body.on('error', () => undefined);
    await once(body, 'readable');
    const ended = performance.now();
    end(abort, body);
    expect((await gone.promise) - ended).toBeLessThan(1000);
  });

  it('ended by its signal before there is an answer: rejects with its reason, and the neighbour sees it', async () => {
    const arrived = Promise.withResolvers<void>();
    const gone = Promise.withResolvers<void>();
    await meet((_req, res) => {
      res.once('close', gone.resolve);
      arrived.resolve();
    });
    const abort = new AbortController();
    const failed = failure(client.get('/', { signal: abort.signal }));
    await arrived.promise;
    const reason = new Error('the viewer left');
    abort.abort(reason);
    expect(await failed).toBe(reason);
    await gone.promise;
    expect(await failure(client.get('/', { signal: abort.signal }))).toBe(reason);
  });

  it('the neighbour dies in the middle: the body fails at once, and is never short', async () => {
    await meet((_req, res) => {
      res.writeHead(200, { 'Content-Length': 10 * MiB });
      res.write(Buffer.alloc(MiB), () => setImmediate(() => res.destroy()));
    });
    const { body } = await client.get('/', { signal: never });
    const started = performance.now();
    await failure(buffer(body));
    expect(performance.now() - started).toBeLessThan(1000);
  });

  it('the neighbour falls silent: timeout, before its answer and in the middle of it', async () => {
    await meet((req, res) => void (req.url === '/body' && res.writeHead(200, { 'Content-Length': 100 }).write('abc')), {
      patience: { headersMs: 300, silenceMs: 300 },
    });
    expect(await failure(client.get('/', { signal: never }))).toMatchObject({ kind: 'timeout' });
    const { body } = await client.get('/body', { signal: never });
    expect(await failure(buffer(body))).toMatchObject({ code: 'UND_ERR_BODY_TIMEOUT' });
  });

  it('a reader who pauses is no silence', async () => {
    const bytes = randomBytes(8 * MiB);
    await meet((_req, res) => void res.end(bytes), { patience: { silenceMs: 300 } });
    const { body } = await client.get('/', { signal: never });
    await once(body, 'readable');
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect((await buffer(body)).equals(bytes)).toBe(true);
  });

  it('nobody listens there: unavailable', async () => {
    const server = createTcpServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    turnTo(port);
    const error = await failure(client.get('/', { signal: never }));
    expect(error).toMatchObject({ kind: 'unavailable' });
    expect(error.detail).not.toContain(String(port));
  });

  it.each([
    [404, 'not-found', 'There is no such file.'],
    [412, 'precondition-failed', 'It changed.'],
    [416, 'range-not-satisfiable', 'Out of bounds.'],
  ])('a problem of status %i: the same kind and detail', async (status, kind, detail) => {
    await meet((_req, res) => {
      res.writeHead(status, { 'Content-Type': 'application/problem+json' });
      res.end(JSON.stringify({ status, detail, errors: [{ path: 'key', message: 'x' }] }));
    });
    const error = await failure(client.get('/', { signal: never }));
    expect(error).toBeInstanceOf(DomainError);
    expect(error).toMatchObject({ kind, detail, errors: [{ path: 'key', message: 'x' }] });
  });

  it.each([
    [503, 'unavailable'],
    [504, 'timeout'],
    [500, 'bad-neighbour'],
    [401, 'bad-neighbour'],
  ])('status %i: %s, in our own words', async (status, kind) => {
    await meet((_req, res) => {
      res.writeHead(status, { 'Content-Type': 'application/problem+json' });
      res.end(JSON.stringify({ status, detail: 'inner words' }));
    });
    const error = await failure(client.get('/', { signal: never }));
    expect(error).toMatchObject({ kind });
    expect(error.detail).not.toContain('inner');
  });

  it('more streams than there may be: unavailable at once, until one of them ends', async () => {
    await meet((_req, res) => endless(res), { streamsMax: 60 });
    const slow = await Promise.all(Array.from({ length: 60 }, () => client.get('/', { signal: never })));
    expect(await failure(client.get('/', { signal: never }))).toMatchObject({
      kind: 'unavailable',
      retryAfterSeconds: 2,
    });
    for (const { body } of slow) body.on('error', () => undefined);
    slow[0]?.body.destroy();
    await once(slow[0]?.body as Readable, 'close').catch(() => undefined);
    const { body } = await client.get('/', { signal: never });
    for (const each of [...slow.map((one) => one.body), body]) each.on('error', () => undefined).destroy();
  });

  it('refusals, failures and ended streams take no place for good', async () => {
    await meet((req, res) => void (req.url === '/dies' ? res.destroy() : res.writeHead(404).end()), { streamsMax: 2 });
    for (let i = 0; i < 6; i += 1) {
      expect((await failure(client.get(i % 2 ? '/dies' : '/', { signal: never }))).detail).toBeDefined();
      expect((await failure(client.get('/', { signal: AbortSignal.abort() }))).name).toBe('AbortError');
    }
    expect(await failure(client.get('/', { signal: never }))).toMatchObject({ kind: 'bad-neighbour' });
  });
});

describe('put', () => {
  it.each([3 * MiB, undefined])(
    'sends a body of declared length %s, and gives the JSON that is answered',
    async (contentLength) => {
      const bytes = randomBytes(3 * MiB);
      let asked: { req: IncomingMessage; body: Buffer } | undefined;
      await meet(async (req, res) => {
        asked = { req, body: await buffer(req) };
        res.writeHead(201, { 'Content-Type': 'application/json' }).end('{"key":"a"}');
      });
      const answer = await client.put(
        '/internal/objects/a',
        Readable.from([bytes.subarray(0, MiB), bytes.subarray(MiB)]),
        {
          signal: never,
          contentType: 'video/mp4',
          query: { accept: 'video/' },
          ...(contentLength === undefined ? {} : { contentLength }),
        },
      );
      expect(answer).toEqual({ key: 'a' });
      expect(asked?.body.equals(bytes)).toBe(true);
      expect([asked?.req.method, asked?.req.url]).toEqual(['PUT', '/internal/objects/a?accept=video%2F']);
      expect(asked?.req.headers['content-type']).toBe('video/mp4');
      expect(asked?.req.headers['content-length']).toBe(contentLength?.toString());
    },
  );

  it.each([
    [413, 'too-large'],
    [415, 'unsupported-type'],
    [409, 'conflict'],
  ] as const)(
    '%i before the body is sent: that error with its detail, and the body is let go',
    async (status, kind) => {
      const router = Router();
      route(router, '/thing', {
        PUT: () => {
          throw new DomainError(kind, `Because of ${status}.`);
        },
      });
      app = await runApp([router]);
      turnTo(app.port);
      for (const contentLength of [2 ** 36, undefined]) {
        let sent = 0;
        const body = new Readable({
          read() {
            sent += 64 * 1024;
            this.push(Buffer.alloc(64 * 1024));
          },
        });
        const error = await failure(
          client.put('/thing', body, { signal: never, ...(contentLength === undefined ? {} : { contentLength }) }),
        );
        expect(error).toMatchObject({ kind, detail: `Because of ${status}.` });
        expect(body.destroyed).toBe(true);
        expect(sent).toBeLessThan(64 * MiB);
      }
    },
  );

  it.each([10 * MiB, undefined])(
    'a body that fails, of length %s: incomplete at the neighbour, and its own error',
    async (length) => {
      const ending = Promise.withResolvers<{ whole: boolean; bytes: number }>();
      await meet((req) => void endingOf(req).then(ending.resolve));
      const own = new Error('the sender left');
      const body = Readable.from(
        (async function* () {
          yield Buffer.alloc(MiB);
          await new Promise((resolve) => setTimeout(resolve, 50));
          throw own;
        })(),
      );
      const failed = failure(
        client.put('/', body, { signal: never, ...(length === undefined ? {} : { contentLength: length }) }),
      );
      expect(await failed).toBe(own);
      expect((await ending.promise).whole).toBe(false);
    },
  );

  it.each([10 * MiB, undefined])(
    'a body that is cut without an error, of length %s: incomplete at the neighbour',
    async (length) => {
      const ending = Promise.withResolvers<{ whole: boolean; bytes: number }>();
      const arrived = Promise.withResolvers<void>();
      await meet((req) => {
        void endingOf(req).then(ending.resolve);
        req.once('data', () => arrived.resolve());
      });
      const body = new Readable({ read() {} });
      body.push(Buffer.alloc(MiB));
      const failed = failure(
        client.put('/', body, { signal: never, ...(length === undefined ? {} : { contentLength: length }) }),
      );
      await arrived.promise;
      body.destroy();
      expect(await failed).toMatchObject({ code: 'ERR_STREAM_PREMATURE_CLOSE' });
      expect((await ending.promise).whole).toBe(false);
    },
  );

  it('a body shorter than it said: incomplete at the neighbour', async () => {
    const ending = Promise.withResolvers<{ whole: boolean; bytes: number }>();
    await meet((req) => void endingOf(req).then(ending.resolve));
    await failure(client.put('/', Readable.from([Buffer.alloc(100)]), { signal: never, contentLength: 1000 }));
    expect((await ending.promise).whole).toBe(false);
  });

  it('ended by its signal: incomplete at the neighbour, rejects with the reason, and the body is let go', async () => {
    const ending = Promise.withResolvers<{ whole: boolean; bytes: number }>();
    const arrived = Promise.withResolvers<void>();
    await meet((req) => {
      void endingOf(req).then(ending.resolve);
      req.once('data', () => arrived.resolve());
    });
    const abort = new AbortController();
    const body = new Readable({ read() {} });
    body.push(Buffer.alloc(1000));
    const failed = failure(client.put('/', body, { signal: abort.signal }));
    await arrived.promise;
    const reason = new Error('stopped');
    abort.abort(reason);
    expect(await failed).toBe(reason);
    expect((await ending.promise).whole).toBe(false);
    expect(body.destroyed).toBe(true);
  });

  it('the neighbour dies in the middle: unavailable, and the body is let go', async () => {
    await meet((req) => void req.once('data', () => req.socket.resetAndDestroy()));
    const body = new Readable({
      read() {
        this.push(Buffer.alloc(64 * 1024));
      },
    });
    expect(await failure(client.put('/', body, { signal: never }))).toMatchObject({ kind: 'unavailable' });
    expect(body.destroyed).toBe(true);
  });

  it('the neighbour takes it all and does not answer: timeout', async () => {
    await meet((req) => void req.resume(), { patience: { storingMs: 300 } });
    const failed = failure(client.put('/', Readable.from([Buffer.alloc(100)]), { signal: never, contentLength: 100 }));
    expect(await failed).toMatchObject({ kind: 'timeout' });
  });

  it('a sender that is slower than that: no timeout', async () => {
    await meet(async (req, res) => void res.end(JSON.stringify((await buffer(req)).length)), {
      patience: { storingMs: 400 },
    });
    const slow = (async function* () {
      for (let i = 0; i < 5; i += 1) {
        await new Promise((resolve) => setTimeout(resolve, 300));
        yield Buffer.alloc(10);
      }
    })();
    expect(await client.put('/', Readable.from(slow), { signal: never })).toBe(50);
  });

  it('an answer that is no JSON: bad-neighbour', async () => {
    await meet(async (req, res) => {
      await buffer(req);
      res.end('<html>');
    });
    expect(await failure(client.put('/', Readable.from([]), { signal: never }))).toMatchObject({
      kind: 'bad-neighbour',
    });
  });
});
