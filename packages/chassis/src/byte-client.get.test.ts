import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from '@jest/globals';
import { failure, identity, Meeting, MiB, never } from '../tests/support/byte-meeting.ts';
import { DomainError } from './errors.ts';
import { identityHeader } from './identity.ts';
import { idleConnectionMs } from './neighbour.ts';
import { runInTrace } from './trace.ts';

const meeting = new Meeting();
afterEach(async () => {
  await meeting.end();
});

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
    await meeting.with((req, res) => {
      asked = req;
      res.writeHead(206, { 'Content-Range': 'bytes 5-9/100', ETag: '"a"' }).end(bytes);
    });
    const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    const { status, headers, body } = await runInTrace(traceparent, () =>
      meeting.client.get('/internal/objects/a%20b?x=1', { range: { start: 5, end: 9 }, ifMatch: '"a"', signal: never }),
    );
    expect([status, headers['content-range'], headers.etag]).toEqual([206, 'bytes 5-9/100', '"a"']);
    expect((await buffer(body)).equals(bytes)).toBe(true);
    expect(asked?.url).toBe('/internal/objects/a%20b?x=1');
    expect(asked?.headers).toMatchObject({ range: 'bytes=5-9', 'if-match': '"a"' });
    expect(asked?.headers.traceparent).toMatch(/^00-a{32}-/);
    const token = String(asked?.headers[identityHeader]);
    expect(await identity.verify(token)).toEqual({ kind: 'service', name: 'video-streaming' });
  });

  it('gives up a connection that nothing is sent on, before the neighbour does', async () => {
    let connection: Socket | undefined;
    await meeting.with((req, res) => {
      connection = req.socket;
      res.writeHead(200, { 'Keep-Alive': 'timeout=65' }).end('abc');
    });
    await buffer((await meeting.client.get('/', { signal: never })).body);
    const begun = performance.now();
    if (connection) await once(connection, 'close');
    const kept = performance.now() - begun;
    expect(kept).toBeGreaterThan(idleConnectionMs / 2);
    expect(kept).toBeLessThan(idleConnectionMs * 2);
  }, 20_000);

  it('uses a connection again', async () => {
    const ports = new Set<number | undefined>();
    await meeting.with((req, res) => {
      ports.add(req.socket.remotePort);
      res.end('abc');
    });
    for (let i = 0; i < 3; i += 1) {
      await buffer((await meeting.client.get('/', { signal: never })).body);
      await new Promise(setImmediate);
    }
    expect(ports.size).toBe(1);
  });

  it('a connection that was kept is closed when it is to be used: asks once more', async () => {
    let asked = 0;
    await meeting.with((req, res) => {
      asked += 1;
      if (asked === 2) req.socket.destroy();
      else res.end('abc');
    });
    for (let i = 0; i < 2; i += 1) {
      expect((await buffer((await meeting.client.get('/', { signal: never })).body)).toString()).toBe('abc');
    }
    expect(asked).toBe(3);
  });

  it.each([
    ['its signal', (abort: AbortController, _body: Readable) => abort.abort()],
    ['destroying the body', (_abort: AbortController, body: Readable) => body.destroy()],
  ])('ended by %s in the middle: the neighbour sees the connection go within a second', async (_, end) => {
    const gone = Promise.withResolvers<number>();
    await meeting.with((_req, res) => {
      res.once('close', () => gone.resolve(performance.now()));
      endless(res);
    });
    const abort = new AbortController();
    const { body } = await meeting.client.get('/', { signal: abort.signal });
    body.on('error', () => undefined);
    await once(body, 'readable');
    const ended = performance.now();
    end(abort, body);
    expect((await gone.promise) - ended).toBeLessThan(1000);
  });

  it('ended by its signal before there is an answer: rejects with its reason, and the neighbour sees it', async () => {
    const arrived = Promise.withResolvers<void>();
    const gone = Promise.withResolvers<void>();
    await meeting.with((_req, res) => {
      res.once('close', gone.resolve);
      arrived.resolve();
    });
    const abort = new AbortController();
    const failed = failure(meeting.client.get('/', { signal: abort.signal }));
    await arrived.promise;
    const reason = new Error('the viewer left');
    abort.abort(reason);
    expect(await failed).toBe(reason);
    await gone.promise;
    expect(await failure(meeting.client.get('/', { signal: abort.signal }))).toBe(reason);
  });

  it('the neighbour dies in the middle: the body fails at once, and is never short', async () => {
    await meeting.with((_req, res) => {
      res.writeHead(200, { 'Content-Length': 10 * MiB });
      res.write(Buffer.alloc(MiB), () => setImmediate(() => res.destroy()));
    });
    const { body } = await meeting.client.get('/', { signal: never });
    const started = performance.now();
    await failure(buffer(body));
    expect(performance.now() - started).toBeLessThan(1000);
  });

  it('the neighbour falls silent: timeout, before its answer and in the middle of it', async () => {
    await meeting.with(
      (req, res) => void (req.url === '/body' && res.writeHead(200, { 'Content-Length': 100 }).write('abc')),
      {
        patience: { headersMs: 300, silenceMs: 300 },
      },
    );
    expect(await failure(meeting.client.get('/', { signal: never }))).toMatchObject({ kind: 'timeout' });
    const { body } = await meeting.client.get('/body', { signal: never });
    expect(await failure(buffer(body))).toMatchObject({ code: 'UND_ERR_BODY_TIMEOUT' });
  });

  it('a reader who pauses is no silence', async () => {
    const bytes = randomBytes(8 * MiB);
    await meeting.with((_req, res) => void res.end(bytes), { patience: { silenceMs: 300 } });
    const { body } = await meeting.client.get('/', { signal: never });
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
    meeting.turnTo(port);
    const error = await failure(meeting.client.get('/', { signal: never }));
    expect(error).toMatchObject({ kind: 'unavailable' });
    expect(error.detail).not.toContain(String(port));
  });

  it.each([
    [404, 'not-found', 'There is no such file.'],
    [412, 'precondition-failed', 'It changed.'],
    [416, 'range-not-satisfiable', 'Out of bounds.'],
  ])('a problem of status %i: the same kind and detail', async (status, kind, detail) => {
    await meeting.with((_req, res) => {
      res.writeHead(status, { 'Content-Type': 'application/problem+json' });
      res.end(JSON.stringify({ status, detail, errors: [{ path: 'key', message: 'x' }] }));
    });
    const error = await failure(meeting.client.get('/', { signal: never }));
    expect(error).toBeInstanceOf(DomainError);
    expect(error).toMatchObject({ kind, detail, errors: [{ path: 'key', message: 'x' }] });
  });

  it.each([
    [503, 'unavailable'],
    [504, 'timeout'],
    [500, 'bad-neighbour'],
    [401, 'bad-neighbour'],
  ])('status %i: %s, in our own words', async (status, kind) => {
    await meeting.with((_req, res) => {
      res.writeHead(status, { 'Content-Type': 'application/problem+json' });
      res.end(JSON.stringify({ status, detail: 'inner words' }));
    });
    const error = await failure(meeting.client.get('/', { signal: never }));
    expect(error).toMatchObject({ kind });
    expect(error.detail).not.toContain('inner');
  });

  it('more streams than there may be: unavailable at once, until one of them ends', async () => {
    await meeting.with((_req, res) => endless(res), { streamsMax: 60 });
    const slow = await Promise.all(Array.from({ length: 60 }, () => meeting.client.get('/', { signal: never })));
    expect(await failure(meeting.client.get('/', { signal: never }))).toMatchObject({
      kind: 'unavailable',
      retryAfterSeconds: 2,
    });
    for (const { body } of slow) body.on('error', () => undefined);
    slow[0]?.body.destroy();
    await once(slow[0]?.body as Readable, 'close').catch(() => undefined);
    const { body } = await meeting.client.get('/', { signal: never });
    for (const each of [...slow.map((one) => one.body), body]) each.on('error', () => undefined).destroy();
  });

  it('refusals, failures and ended streams take no place for good', async () => {
    await meeting.with((req, res) => void (req.url === '/dies' ? res.destroy() : res.writeHead(404).end()), {
      streamsMax: 2,
    });
    for (let i = 0; i < 6; i += 1) {
      expect((await failure(meeting.client.get(i % 2 ? '/dies' : '/', { signal: never }))).detail).toBeDefined();
      expect((await failure(meeting.client.get('/', { signal: AbortSignal.abort() }))).name).toBe('AbortError');
    }
    expect(await failure(meeting.client.get('/', { signal: never }))).toMatchObject({ kind: 'bad-neighbour' });
  });
});
