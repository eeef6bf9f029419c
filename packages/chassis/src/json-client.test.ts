import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket, type Server as TcpServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { testSecret } from '../tests/support/running-app.ts';
import { createIdentity, identityHeader } from './identity.ts';
import { createJsonClient, type JsonClient } from './json-client.ts';
import { idleConnectionMs } from './neighbour.ts';
import { runInTrace } from './trace.ts';

const identity = createIdentity({ secret: testSecret, service: 'history' });

let neighbour: Server | TcpServer;
let client: JsonClient;
let asked: { method: string | undefined; url: string | undefined; headers: IncomingMessage['headers']; body: string }[];
afterEach(() => {
  client?.close();
  neighbour?.close();
  if (neighbour && 'closeAllConnections' in neighbour) neighbour.closeAllConnections();
});

type Answer = (
  req: IncomingMessage,
  count: number,
) => { status: number; body?: unknown; headers?: Record<string, string> };

/** A neighbour that answers as `answer` says, and a client for it. */
async function meet(answer: Answer, options: { timeoutMs?: number } = {}): Promise<void> {
  asked = [];
  await listen(
    createServer(async (req, res) => {
      const { method, url, headers } = req;
      asked.push({ method, url, headers, body: await text(req) });
      const { status, body, headers: more = {} } = answer(req, asked.length);
      const type = status < 400 ? 'application/json' : 'application/problem+json';
      res.writeHead(status, { 'Content-Type': type, ...more });
      res.end(typeof body === 'string' ? body : JSON.stringify(body));
    }),
    options,
  );
}

async function meetRaw(listener: RequestListener, options: { timeoutMs?: number } = {}): Promise<void> {
  await listen(createServer(listener), options);
}

async function listen(server: Server | TcpServer, options: { timeoutMs?: number }): Promise<void> {
  neighbour = server.listen(0, '127.0.0.1');
  await once(neighbour, 'listening');
  const { port } = neighbour.address() as AddressInfo;
  client = createJsonClient({ baseUrl: `http://127.0.0.1:${port}`, identity, name: 'metadata', ...options });
}

const problem = (status: number, detail = 'It is so.') => ({ type: 'about:blank', title: 'x', status, detail });

describe('a call', () => {
  it('carries this service’s identity and the trace, and gives the JSON that is answered', async () => {
    await meet(() => ({ status: 200, body: { id: 1 } }));
    const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    const { data } = await runInTrace(traceparent, () => client.get('/internal/videos', { params: { ids: 'a,b' } }));
    expect(data).toEqual({ id: 1 });
    const [{ url, headers }] = asked as [(typeof asked)[0]];
    expect(url).toBe('/internal/videos?ids=a,b');
    expect(headers.traceparent).toMatch(/^00-a{32}-(?!b{16})/);
    expect(await identity.verify(String(headers[identityHeader]))).toEqual({ kind: 'service', name: 'history' });
  });

  it('goes to the neighbour, when its path is an address elsewhere', async () => {
    await meet(() => ({ status: 404, body: problem(404) }));
    for (const path of ['http://127.0.0.1:1/x', '//127.0.0.1:1/x']) {
      await expect(client.get(path)).rejects.toMatchObject({ kind: 'not-found' });
    }
  });

  it('gives up a connection that nothing is sent on, before the neighbour does, and waits longer for an answer', async () => {
    const connections: Socket[] = [];
    await meetRaw(async (req, res) => {
      connections.push(req.socket);
      if (req.url === '/slow') await sleep(idleConnectionMs + 500);
      res.writeHead(200, { 'Content-Type': 'application/json', 'Keep-Alive': 'timeout=65' }).end('{}');
    });
    await client.get('/slow', { timeout: 20_000 });
    const [connection] = connections;
    const begun = performance.now();
    if (connection?.closed === false) await once(connection, 'close');
    const kept = performance.now() - begun;
    expect(kept).toBeGreaterThan(idleConnectionMs / 2);
    expect(kept).toBeLessThan(idleConnectionMs * 2);
  }, 20_000);

  it('uses one connection, when one call follows another', async () => {
    const ports = new Set<number | undefined>();
    await meet((req) => {
      ports.add(req.socket.remotePort);
      return { status: 200, body: {} };
    });
    for (let i = 0; i < 5; i++) await client.get('/');
    expect(ports.size).toBe(1);
  });
});

describe('a neighbour’s error', () => {
  it.each([
    [400, 'invalid'],
    [403, 'forbidden'],
    [404, 'not-found'],
    [409, 'conflict'],
    [410, 'gone'],
    [412, 'precondition-failed'],
    [413, 'too-large'],
    [415, 'unsupported-type'],
    [429, 'too-many'],
  ])(
    'of status %i is ours of kind %s with its detail and fields, when it is a problem about the request',
    async (status, kind) => {
      const errors = [{ path: 'title', message: 'is required' }];
      await meet(() => ({ status, body: { ...problem(status), errors } }));
      await expect(client.get('/')).rejects.toMatchObject({ name: 'DomainError', kind, detail: 'It is so.', errors });
      expect(asked).toHaveLength(1);
    },
  );

  it.each([
    ['it has failed', { status: 500, body: problem(500) }, 'bad-neighbour'],
    ['its own neighbour has failed', { status: 502, body: problem(502) }, 'bad-neighbour'],
    ['it is not ready', { status: 503, body: problem(503), headers: { 'Retry-After': '3' } }, 'unavailable'],
    ['its own neighbour was too slow', { status: 504, body: problem(504) }, 'timeout'],
    ['it refuses our identity', { status: 401, body: problem(401) }, 'bad-neighbour'],
    [
      'it is not one of ours',
      { status: 404, body: '<h1>nginx</h1>', headers: { 'Content-Type': 'text/html' } },
      'bad-neighbour',
    ],
    ['it sends us elsewhere', { status: 302, headers: { Location: 'http://127.0.0.1:1/' } }, 'bad-neighbour'],
    ['its JSON is broken', { status: 200, body: '{"id":' }, 'bad-neighbour'],
    ['its problem is broken', { status: 404, body: '{"detail":' }, 'bad-neighbour'],
  ] as const)('is told in a neutral sentence, when %s', async (_what, answer, kind) => {
    await meet(() => answer);
    const error = await client.get('/').catch((it) => it);
    expect(error).toMatchObject({ name: 'DomainError', kind });
    expect(error.detail).toMatch(/^A part of FlixTube that this needs [a-z ]+\. Please try again/);
    expect(error.retryAfterSeconds).toBe(answer.status === 503 ? 3 : undefined);
    expect(error.cause).toBeInstanceOf(Error);
  });

  it('is "unavailable" and names neither host nor port, when nobody listens', async () => {
    await meet(() => ({ status: 200 }));
    neighbour.close();
    await once(neighbour, 'close');
    const error = await client.get('/internal').catch((it) => it);
    expect(error).toMatchObject({ kind: 'unavailable', detail: expect.not.stringMatching(/127|metadata|\d{4}/) });
    expect(error.cause.cause.code).toBe('ECONNREFUSED');
  });

  it('is "bad-neighbour", when what it speaks is not HTTP', async () => {
    await listen(
      createTcpServer((socket) => void socket.on('error', () => {}).end('220 smtp.example ESMTP\r\n')),
      {},
    );
    await expect(client.post('/', {})).rejects.toMatchObject({ kind: 'bad-neighbour' });
  });

  it('is "unavailable", when it closes the connection instead of answering', async () => {
    await meetRaw((req) => void req.socket.destroy());
    await expect(client.post('/', {})).rejects.toMatchObject({ kind: 'unavailable' });
  });
});

describe('a call that fails for a moment', () => {
  const failsTwice: Answer = (_req, count) =>
    count <= 2 ? { status: 503, body: problem(503) } : { status: 200, body: {} };

  it('is made up to twice again with the same body, when it is idempotent', async () => {
    await meet(failsTwice);
    await client.put('/internal/videos/1', { title: 'a' });
    expect(asked.map(({ method, body }) => [method, body])).toEqual(Array(3).fill(['PUT', '{"title":"a"}']));
  });

  it('is made three times and no more, when it goes on failing', async () => {
    await meet(() => ({ status: 500, body: problem(500) }));
    await expect(client.delete('/internal/videos/1')).rejects.toMatchObject({ kind: 'bad-neighbour' });
    expect(asked).toHaveLength(3);
  });

  it('is made once, when making it again could do it twice', async () => {
    await meet(failsTwice);
    await expect(client.post('/', {})).rejects.toMatchObject({ kind: 'unavailable' });
    await expect(client.patch('/', {})).rejects.toMatchObject({ kind: 'unavailable' });
    expect(asked).toHaveLength(2);
  });
});

describe('a neighbour that does not answer', () => {
  it.each([
    ['is silent', () => {}],
    ['stops in the middle of its answer', (_req, res) => void res.writeHead(200).write('{"a":')],
    ['fails slowly, again and again', (_req, res) => void setTimeout(() => res.writeHead(503).end(), 150)],
  ] as [string, RequestListener][])(
    'is given up with "timeout" when the time of the whole call is over, when it %s',
    async (_what, listener) => {
      await meetRaw(listener, { timeoutMs: 300 });
      const begun = performance.now();
      await expect(client.get('/')).rejects.toMatchObject({ kind: 'timeout' });
      expect(performance.now() - begun).toBeLessThan(600);
    },
  );

  it('is waited for as long as the call itself says', async () => {
    await meetRaw(() => {}, { timeoutMs: 60_000 });
    await expect(client.get('/', { timeout: 100 })).rejects.toMatchObject({ kind: 'timeout' });
  });

  it('hears at once that its caller has left, when the caller’s signal says so', async () => {
    const leaving = new AbortController();
    const gone = Promise.withResolvers<void>();
    await meetRaw((req) => {
      req.socket.once('close', () => gone.resolve());
      leaving.abort(new Error('the viewer left'));
    });
    await expect(client.get('/', { signal: leaving.signal })).rejects.toThrow('the viewer left');
    await gone.promise;
  });
});

describe('a neighbour that is down', () => {
  it('is left alone after many failures, and asked again after a while', async () => {
    let down = true;
    await meet(() => (down ? { status: 500, body: problem(500) } : { status: 200, body: {} }));
    for (let i = 0; i < 10; i++) await expect(client.post('/', {})).rejects.toMatchObject({ kind: 'bad-neighbour' });
    await expect(client.get('/')).rejects.toMatchObject({ kind: 'unavailable', retryAfterSeconds: 2 });
    expect(asked).toHaveLength(10);
    down = false;
    for (;;) {
      const answer = await client.get('/').catch(() => undefined);
      if (answer !== undefined) break;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(asked).toHaveLength(11);
    await Promise.all(Array.from({ length: 20 }, () => client.get('/')));
  });

  it('keeps no call waiting beyond its time, when another call is finding out whether it is back', async () => {
    let silent = false;
    await meetRaw((_req, res) => void (silent || res.writeHead(500).end()));
    for (let i = 0; i < 10; i++) await expect(client.post('/', {})).rejects.toMatchObject({ kind: 'bad-neighbour' });
    silent = true;
    await new Promise((resolve) => setTimeout(resolve, 2_100));
    const first = client.post('/', {}, { timeout: 2_000 }).catch((error) => error.kind);
    const begun = performance.now();
    await expect(client.get('/', { timeout: 100 })).rejects.toMatchObject({ kind: 'timeout' });
    expect(performance.now() - begun).toBeLessThan(1_000);
    expect(await first).toBe('timeout');
  });

  it('is not taken to be down, when it refuses many wrong requests', async () => {
    await meet(() => ({ status: 404, body: problem(404) }));
    for (let i = 0; i < 30; i++) await expect(client.get('/')).rejects.toMatchObject({ kind: 'not-found' });
    expect(asked).toHaveLength(30);
  });
});
