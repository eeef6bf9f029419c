import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { routingTable } from '../src/domain/routing-table.ts';
import { answerJson, answerProblem, type FakeNeighbour } from './support/fake-neighbour.ts';
import { startGateway, type TestGateway } from './support/gateway.ts';
import { rawRequest } from './support/raw-http.ts';

const id = '0199b1f2-8c3a-7d44-9a51-3f0f6c6a1b2e';

describe('forwarding', () => {
  let gateway: TestGateway;
  let neighbours: Record<string, FakeNeighbour>;

  beforeAll(async () => {
    gateway = await startGateway();
    neighbours = {
      metadata: gateway.metadata,
      'video-upload': gateway.upload,
      'video-streaming': gateway.streaming,
      history: gateway.history,
    };
  });
  afterAll(() => gateway.stop());
  beforeEach(() => {
    for (const fake of Object.values(neighbours)) {
      fake.requests.length = 0;
      fake.answer = answerJson({ ok: true });
    }
  });

  const received = () => Object.values(neighbours).flatMap((fake) => fake.requests);
  const last = (fake: FakeNeighbour) => {
    const request = fake.requests.at(-1);
    if (request === undefined) throw new Error('no request has come through');
    return request;
  };

  it.each(routingTable.filter(({ service }) => service !== 'gateway'))(
    'sends $method $path to $service, as it is',
    async ({ method, path, service }) => {
      const concrete = path.replace(/:\w+/g, id);
      const answer = await fetch(`${gateway.url}${concrete}?a=1&b=%20%C3%A9`, {
        method,
        ...(method === 'POST' || method === 'PATCH'
          ? { body: '{"a":1}', headers: { 'content-type': 'application/json' } }
          : {}),
      });
      expect(answer.status).toBe(200);
      expect(received()).toHaveLength(1);
      expect(last(neighbours[service] as FakeNeighbour)).toMatchObject({ method, url: `${concrete}?a=1&b=%20%C3%A9` });
    },
  );

  it('answers a method that a path lacks with 405 and those it has', async () => {
    const answer = await fetch(`${gateway.url}/api/videos/${id}`, { method: 'PUT', body: 'x' });
    expect(answer.status).toBe(405);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.headers.get('allow')?.split(', ').sort()).toEqual(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH']);
    expect(received()).toEqual([]);
  });

  it.each([
    '/api',
    '/api/',
    '/api/unknown',
    '/api/videos/',
    `/api/videos/${id}/poster`,
    `/api/videos/${id}/poster.png`,
    `/api/videos/${id}/hls`,
    `/api/videos/${id}/hls/`,
    `/api/videos/${id}/hls/a/b`,
    `/api/videos/${id}/hls/a/b/c/d`,
    `/api/videos/${id}/HLS/main.m3u8`,
    `/api/videos/${id}/hls/%2e%2e/file`,
    `/api/videos/${id}/hls/a/b/..%2f..%2f..%2finternal`,
    `/api/videos/${id}/storyboard`,
    `/api/videos/${id}/storyboard/a`,
    `/api/videos/${id}/pictures/a/b.jpg`,
    '/internal/objects/videos/x/hls/y/manifest.json',
    `/internal/videos/${id}`,
    '/internal/objects/videos/x/source',
    '/INTERNAL/videos',
    '/%69nternal/videos',
    '/API/videos',
    '/Api/../internal/videos',
    '/api/../internal/videos',
    '/api/%2e%2e/internal/videos',
    '/api/videos/%2e%2e/%2e%2e/internal/videos',
    '/api/videos/..%2f..%2finternal%2fvideos',
    '/api/videos/..%5c..%5cinternal',
    '//internal/videos',
    '/api//internal/videos',
    '/./internal/videos',
    '/api/videos/%00',
    '/api/videos/%zz',
    '/api/videos/%ff',
    '/api/videos/a#/../../internal/videos',
    'http://metadata:4001/internal/videos',
    'http://127.0.0.1/api/../internal/videos',
    '*',
  ])('refuses GET %s with a 4xx that is a problem, and asks no one', async (target) => {
    const answer = await rawRequest(gateway.port, `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    expect([400, 404]).toContain(answer.status);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(received()).toEqual([]);
  });

  it('takes a target in absolute-form by its path alone, when it comes from a client that believes to use a proxy', async () => {
    const answer = await rawRequest(
      gateway.port,
      `GET http://elsewhere.example/api/videos?limit=1 HTTP/1.1\r\nHost: elsewhere.example\r\nConnection: close\r\n\r\n`,
    );
    expect(answer.status).toBe(200);
    expect(last(gateway.metadata).url).toBe('/api/videos?limit=1');
  });

  it.each([`/api/videos/${'a'.repeat(5000)}`, `/api/videos/${'a'.repeat(5000)}/file`])(
    'names the parameter when an id is far too long',
    async (path) => {
      const answer = await fetch(`${gateway.url}${path}`);
      expect(answer.status).toBe(400);
      expect(await answer.json()).toMatchObject({ errors: [{ path: 'id', message: 'is too long' }] });
    },
  );

  it('tells the neighbour who is calling and from where, and lets nobody else say so', async () => {
    await fetch(`${gateway.url}/api/videos`, {
      headers: {
        'x-flixtube-identity': 'forged',
        'x-flixtube-other': 'forged',
        'x-forwarded-for': '6.6.6.6',
        'x-forwarded-host': 'evil.example',
        'x-forwarded-proto': 'https',
        forwarded: 'for=6.6.6.6',
        'x-real-ip': '6.6.6.6',
        cookie: 'a=b',
        'accept-language': 'de',
      },
    });
    const { headers } = last(gateway.metadata);
    expect(await gateway.identity.verify(String(headers['x-flixtube-identity']))).toMatchObject({ kind: 'viewer' });
    expect(headers).toMatchObject({
      host: new URL(gateway.metadata.url).host,
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-host': `127.0.0.1:${gateway.port}`,
      'accept-language': 'de',
    });
    for (const name of ['cookie', 'forwarded', 'x-real-ip', 'x-flixtube-other'])
      expect(headers).not.toHaveProperty(name);
  });

  it('passes a trace on, and begins one when it is missing or malformed', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    await fetch(`${gateway.url}/api/videos`, { headers: { traceparent } });
    expect(last(gateway.metadata).headers.traceparent).toMatch(
      /^00-0af7651916cd43dd8448eb211c80319c-(?!b7ad)[0-9a-f]{16}-01$/,
    );
    await fetch(`${gateway.url}/api/videos`, { headers: { traceparent: 'nonsense' } });
    // Nothing is recorded here, and nobody has asked for it.
    expect(last(gateway.metadata).headers.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
  });

  it('keeps fields of one connection to that connection, both ways (RFC 9110 §7.6.1)', async () => {
    gateway.metadata.answer = (_req, res) => {
      res.writeHead(200, {
        'content-type': 'application/json',
        connection: 'close, x-secret',
        'x-secret': '1',
        'keep-alive': 'timeout=1',
        'proxy-authenticate': 'Basic',
        'x-other': '2',
        'content-length': 2,
      });
      res.end('{}');
    };
    const answer = await rawRequest(
      gateway.port,
      'GET /api/videos HTTP/1.1\r\nHost: x\r\nConnection: x-hop, X-Flixtube-Identity\r\nX-Hop: 1\r\nTE: trailers\r\n' +
        'Upgrade: h2c\r\nKeep-Alive: 5\r\nProxy-Authorization: Basic x\r\nX-Kept: 1\r\n\r\n',
    );
    expect(answer.headers).toMatchObject({ 'x-other': '2', connection: 'keep-alive' });
    expect(answer.headers).not.toHaveProperty('x-secret');
    expect(answer.headers).not.toHaveProperty('proxy-authenticate');
    const { headers } = last(gateway.metadata);
    expect(headers).toMatchObject({ 'x-kept': '1', connection: 'keep-alive' });
    for (const name of ['x-hop', 'te', 'upgrade', 'proxy-authorization', 'keep-alive'])
      expect(headers).not.toHaveProperty(name);
    expect(headers['x-flixtube-identity']).toBeDefined();
  });

  it('passes ranges, validators and 206, 304, 412 and 416 through untouched', async () => {
    gateway.streaming.answer = (req, res) => {
      const { range, 'if-none-match': tag } = req.headers;
      if (tag !== undefined) res.writeHead(304, { etag: '"a"', 'cache-control': 'public, no-cache' }).end();
      else if (range === 'bytes=9-') answerProblem(416, { 'content-range': 'bytes */4' })(req, res);
      else
        res
          .writeHead(206, {
            etag: '"a"',
            'content-range': 'bytes 1-2/4',
            'content-length': 2,
            'content-type': 'video/mp4',
          })
          .end('bc');
    };
    const file = `${gateway.url}/api/videos/${id}/file`;
    const some = await fetch(file, { headers: { range: 'bytes=1-2', 'if-range': '"a"' } });
    expect([some.status, some.headers.get('content-range'), await some.text()]).toEqual([206, 'bytes 1-2/4', 'bc']);
    expect(last(gateway.streaming).headers).toMatchObject({ range: 'bytes=1-2', 'if-range': '"a"' });
    const same = await fetch(file, { headers: { 'if-none-match': '"a"' } });
    expect([same.status, same.headers.get('etag'), await same.text()]).toEqual([304, '"a"', '']);
    const beyond = await fetch(file, { headers: { range: 'bytes=9-' } });
    expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, 'bytes */4']);
  });

  it('answers HEAD with the fields of the neighbour and no body, and keeps the connections', async () => {
    gateway.streaming.answer = (_req, res) => {
      res.writeHead(200, { 'content-length': 1000, 'content-type': 'video/mp4' }).end();
    };
    const before = gateway.streaming.opened;
    for (let count = 0; count < 10; count++) {
      const answer = await fetch(`${gateway.url}/api/videos/${id}/file`, { method: 'HEAD' });
      expect([answer.status, answer.headers.get('content-length'), await answer.text()]).toEqual([200, '1000', '']);
    }
    expect(last(gateway.streaming).method).toBe('HEAD');
    // Not one for each, which is what undici does unless told that it need not.
    expect(gateway.streaming.opened - before).toBeLessThan(5);
  });

  it('does not pass a body on that a GET or DELETE should not have', async () => {
    await rawRequest(
      gateway.port,
      `DELETE /api/history HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello`,
    );
    expect(last(gateway.history).headers['content-length']).toBeUndefined();
    expect(last(gateway.history).headers['transfer-encoding']).toBeUndefined();
  });

  it.each([
    ['both lengths', 'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['two lengths', 'Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!'],
    ['a length with a sign', 'Content-Length: +5\r\n\r\nhello'],
    ['a coding in disguise', 'Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n'],
    ['a field with a space before its colon', 'Content-Length : 5\r\n\r\nhello'],
    ['a line feed alone', 'X-A: b\nContent-Length: 5\r\n\r\nhello'],
    ['a chunk that is none', 'Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n'],
  ])('refuses %s, by which a second request could be smuggled in', async (_what, rest) => {
    const answer = await rawRequest(
      gateway.port,
      `POST /api/videos?title=a HTTP/1.1\r\nHost: x\r\nContent-Type: video/mp4\r\n${rest}`,
    );
    expect(answer.status).toBe(400);
    expect(answer.headers['content-type']).toBe('application/problem+json');
  });

  it.each([
    ['no problem', 500, 'text/html', '<h1>stack</h1>'],
    ['not believing who we are', 401, 'application/problem+json', '{}'],
  ])('answers 502 when a neighbour fails with %s', async (_what, status, type, body) => {
    gateway.metadata.answer = (_req, res) => res.writeHead(status, { 'content-type': type }).end(body);
    const answer = await fetch(`${gateway.url}/api/videos`);
    expect(answer.status).toBe(502);
    expect(await answer.text()).not.toContain('stack');
  });

  it('passes a problem of a neighbour on, with its Retry-After', async () => {
    gateway.metadata.answer = answerProblem(503, { 'retry-after': '7' });
    const answer = await fetch(`${gateway.url}/api/videos`);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '7']);
    expect(await answer.json()).toMatchObject({ detail: 'As the fake says.' });
  });
});
