import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Router } from 'express';
import request from 'supertest';
import { z } from 'zod';
import { exchange, logged, type RunningApp, runApp } from '../tests/support/running-app.ts';
import { DomainError, type ErrorKind } from './errors.ts';
import { statusOfKind } from './http/problem.ts';
import { json, parse, route } from './http.ts';
import { currentTrace } from './trace.ts';

const thing = z.strictObject({
  title: z.string().min(1).max(5),
  parts: z.array(z.object({ size: z.int() })).optional(),
});

function routers(): Router[] {
  const first = Router();
  route(first, '/things/:id', { GET: (req, res) => void res.json({ id: req.params.id, query: req.query }) });
  route(first, '/things', { POST: [json(200), (req, res) => void res.status(201).json(parse(thing, req.body))] });
  route(first, '/trace', { GET: (_req, res) => void res.json(currentTrace()) });
  route(first, '/own-options', { OPTIONS: (_req, res) => void res.set('Tus-Version', '1.0.0').status(204).end() });
  route(first, '/cached', { GET: (_req, res) => void res.set('Cache-Control', 'max-age=60').json({}) });
  route(first, '/fails/:kind', {
    GET: (req) => {
      throw new DomainError(req.params.kind as ErrorKind, 'It is so.', { retryAfterSeconds: 6.2 });
    },
  });
  route(first, '/bug', {
    GET: async () => {
      throw new Error('mongodb://user:hunter2@db:27017 says no', { cause: new Error('deeper') });
    },
  });
  route(first, '/not-an-error', { GET: () => Promise.reject('just a string') });
  route(first, '/breaks', {
    GET: (_req, res) => {
      res.set('Content-Length', '1000').write('the first bytes', () => res.req.next?.(new Error('the reader broke')));
    },
  });
  route(first, '/announced', {
    GET: (_req, res) => {
      res.set({ ETag: '"1"', 'Content-Encoding': 'gzip', 'Content-Range': 'bytes 0-1/2', 'Last-Modified': 'x' });
      throw new DomainError('unavailable', 'Not now.');
    },
  });
  const second = Router();
  route(second, '/things/:id', { PATCH: (_req, res) => void res.json({}), DELETE: (_req, res) => void res.json({}) });
  const strict = Router({ caseSensitive: true, strict: true });
  route(strict, '/Exact', { GET: (_req, res) => void res.json({}) });
  return [first, second, strict];
}

let app: RunningApp;
beforeAll(async () => {
  app = await runApp(routers());
});
afterAll(() => app.close());
afterEach(() => void app.lines.splice(0));

describe('a route', () => {
  it('answers JSON that no cache keeps, with headers for an API and none that tells what we are made of', async () => {
    const answer = await request(app.url).get('/things/1?colour=red+and+bl%C3%BCe&empty');
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ id: '1', query: { colour: 'red and blüe', empty: '' } });
    expect(answer.headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
    for (const name of ['x-powered-by', 'etag', 'content-security-policy'])
      expect(answer.headers).not.toHaveProperty(name);
  });

  it('may be kept by a cache, when it says so itself', async () => {
    expect((await request(app.url).get('/cached')).headers['cache-control']).toBe('max-age=60');
  });

  it('answers HEAD as GET without a body, when it has GET', async () => {
    const [head, get] = await Promise.all([request(app.url).head('/things/1'), request(app.url).get('/things/1')]);
    expect(head.status).toBe(200);
    expect(head.headers['content-length']).toBe(get.headers['content-length']);
    expect(head.text).toBeUndefined();
  });

  it('names what is allowed on OPTIONS, when the methods of its path stand in several routers', async () => {
    const answer = await request(app.url).options('/things/1');
    expect(answer.status).toBe(204);
    expect(answer.headers.allow).toBe('GET, HEAD, PATCH, DELETE, OPTIONS');
  });

  it('answers OPTIONS itself, when it has a handler for it', async () => {
    expect((await request(app.url).options('/own-options')).headers['tus-version']).toBe('1.0.0');
  });

  it.each(['post', 'put'] as const)('answers 405 with Allow, when it has no %s', async (method) => {
    const answer = await request(app.url)[method]('/things/1');
    expect(answer.status).toBe(405);
    expect(answer.headers.allow).toBe('GET, HEAD, PATCH, DELETE, OPTIONS');
    expect(answer.body).toMatchObject({ title: 'Method Not Allowed', status: 405, instance: '/things/1' });
  });

  it('answers 405, when the path is one of health', async () => {
    const answer = await request(app.url).delete('/health/live');
    expect([answer.status, answer.headers.allow]).toEqual([405, 'GET, HEAD, OPTIONS']);
  });

  it('answers 404, when no router knows the path, whatever the method', async () => {
    const answers = await Promise.all([request(app.url).get('/no?x=1'), request(app.url).options('/no')]);
    for (const answer of answers) expect(answer.status).toBe(404);
    expect(answers[0]?.body).toMatchObject({ type: 'about:blank', title: 'Not Found', status: 404, instance: '/no' });
  });

  it.each(['/exact', '/Exact/'])(
    'answers 404 for any method, when its router is exact and %s only looks like it',
    async (path) => {
      const answers = await Promise.all([request(app.url).get(path), request(app.url).put(path)]);
      expect(answers.map(({ status }) => status)).toEqual([404, 404]);
    },
  );

  it('runs in the trace of its caller, or in a new one, and problems name it', async () => {
    const traceparent = `00-${'c'.repeat(32)}-${'d'.repeat(16)}-01`;
    expect((await request(app.url).get('/trace').set({ traceparent })).body.traceId).toBe('c'.repeat(32));
    expect((await request(app.url).get('/trace').set({ traceparent: 'x' })).body.traceId).toMatch(/^[0-9a-f]{32}$/);
    expect((await request(app.url).get('/no').set({ traceparent })).body.traceId).toBe('c'.repeat(32));
  });
});

describe('an address', () => {
  it.each([
    ['a parameter is repeated', '/things/1?limit=1&limit=2', 'limit', 'must be given once only'],
    ['a parameter is repeated in another spelling', '/things/1?a%62=1&ab=2', 'ab', 'must be given once only'],
    ['a value is no percent-encoding', '/things/1?a=%zz', 'a', /percent-encoding/],
    ['a value is not UTF-8', '/things/1?a=%ff', 'a', /UTF-8/],
    ['a value holds NUL', '/things/1?a=x%00', 'a', /NUL/],
  ])('is refused with 400 that names the parameter, when %s', async (_what, url, path, message) => {
    const answer = await request(app.url).get(url);
    expect(answer.status).toBe(400);
    const wanted = typeof message === 'string' ? message : expect.stringMatching(message);
    expect(answer.body.errors).toEqual([{ path, message: wanted }]);
    expect(answer.body.instance).toBe('/things/1');
  });

  it.each(['/things/%', '/things/%zz', '/things/%ff', '/things/%00', '/things/a%0d%0ab', '/no/%7f', '/things/1?%ff=1'])(
    'is refused with 400 that says where, when it is %s',
    async (url) => {
      const answer = await request(app.url).get(url);
      expect([answer.status, answer.type]).toEqual([400, 'application/problem+json']);
      expect(answer.body.errors).toEqual([{ path: url.includes('?') ? 'query' : 'path', message: expect.any(String) }]);
    },
  );

  it('does not let a parameter touch what objects inherit, when its name tries to', async () => {
    const answer = await request(app.url).get('/things/1?__proto__=x&constructor=y&a[b]=c');
    expect(answer.text).toContain('"query":{"__proto__":"x","constructor":"y","a[b]":"c"}');
  });

  it('is refused with 400, when it has very many parameters', async () => {
    const query = Array.from({ length: 51 }, (_, i) => `p${i}=`).join('&');
    expect((await request(app.url).get(`/things/1?${query}`)).status).toBe(400);
  });

  it('is found, when it comes in absolute form, and is not repeated with a host of its sender’s choice', async () => {
    const found = await exchange(
      app.port,
      'GET http://evil.test/things/1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    );
    expect(found).toMatch(/^HTTP\/1.1 200 /);
    const missed = await exchange(app.port, 'GET http://evil.test/no HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    expect(missed).toContain('"instance":"/no"');
  });

  it.each(['http://', 'http://['])('is refused as a problem, when it is %s and has no path at all', async (target) => {
    const text = await exchange(app.port, `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
    expect(text).toMatch(/content-type: application\/problem\+json/i);
  });
});

describe('an error', () => {
  it.each(Object.entries(statusOfKind))('of kind %s is answered as problem+json with %i', async (kind, status) => {
    const answer = await request(app.url).get(`/fails/${kind}?token=hunter2`);
    expect(answer.status).toBe(status);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      'retry-after': '7',
    });
    expect(answer.body).toEqual({
      type: 'about:blank',
      title: expect.any(String),
      status,
      detail: 'It is so.',
      instance: `/fails/${kind}`,
      traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
  });

  it('is answered without its words and logged with them, its stack and its cause, when nobody foresaw it', async () => {
    const answer = await request(app.url).get('/bug');
    expect(answer.status).toBe(500);
    expect(answer.body.detail).toBe('Something went wrong on our side. Please try again later.');
    expect(answer.text).not.toMatch(/mongodb|27017|http\.test/);
    const line = app.lines.find(({ level }) => level === 'error');
    expect(line).toMatchObject({
      traceId: answer.body.traceId,
      path: '/bug',
      err: { message: 'mongodb://[secret]@db:27017 says no', stack: expect.any(String), cause: { message: 'deeper' } },
    });
  });

  it('takes no more room in the log than others, when its path is endless', async () => {
    const path = `/${'x'.repeat(20_000)}`;
    await request(app.url).get(path);
    const line = await logged(app.lines, (one) => String(one.path).startsWith('/xxx'));
    expect(line.path).toBe(`${path.slice(0, 256)}…`);
  });

  it('is answered with 500, when what was thrown is no error', async () => {
    expect((await request(app.url).get('/not-an-error')).status).toBe(500);
  });

  it('has no body, when the request was HEAD', async () => {
    const answer = await request(app.url).head('/fails/gone');
    expect([answer.status, answer.text]).toEqual([410, undefined]);
    expect(Number(answer.headers['content-length'])).toBeGreaterThan(100);
  });

  it('takes back what the route had announced of its own answer', async () => {
    const answer = await request(app.url).get('/announced');
    expect(answer.status).toBe(503);
    for (const name of ['etag', 'content-encoding', 'content-range', 'last-modified']) {
      expect(answer.headers).not.toHaveProperty(name);
    }
  });

  it('ends the connection and adds nothing, when it happens in the middle of a body', async () => {
    const text = await exchange(app.port, 'GET /breaks HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(text).toMatch(/\r\n\r\nthe first bytes$/);
    expect(app.lines.find(({ level }) => level === 'error')).toMatchObject({ err: { message: 'the reader broke' } });
    expect(app.lines.find(({ level }) => level === 'warn')?.msg).toMatch(/in the middle of an answer/);
  });
});

describe('a body of JSON', () => {
  const post = (body: string | Buffer, headers: Record<string, string> = {}) =>
    request(app.url)
      .post('/things')
      .set({ 'Content-Type': 'application/json', ...headers })
      .serialize((text: string | Buffer) => text as string)
      .send(body as string);

  it('is parsed, when it is well-formed', async () => {
    const answer = await post('{"title":"a"}', { 'Content-Type': 'application/json; charset=utf-8' });
    expect([answer.status, answer.body]).toEqual([201, { title: 'a' }]);
  });

  it.each([
    ['it is cut off', '{"title":', {}, 400, 'body'],
    ['it is missing', '', {}, 400, 'body'],
    ['it is above the limit', JSON.stringify({ title: 'x'.repeat(300) }), {}, 413, 'body'],
    ['it is of another type', '{"title":"a"}', { 'Content-Type': 'text/plain' }, 415, 'Content-Type'],
    ['it has no type', '{"title":"a"}', { 'Content-Type': '' }, 415, 'Content-Type'],
    ['its charset is unknown', '{"title":"a"}', { 'Content-Type': 'application/json; charset=x' }, 415, 'Content-Type'],
    ['its encoding is unknown', '{"title":"a"}', { 'Content-Encoding': 'x' }, 415, 'Content-Encoding'],
    ['it says that it is compressed', '{"title":"a"}', { 'Content-Encoding': 'gzip' }, 415, 'Content-Encoding'],
    ['it is not UTF-8', Buffer.from('{"title":"\xff"}', 'latin1'), {}, 400, 'body'],
  ] as const)(
    'is refused by a problem that names what is wrong, when %s',
    async (_what, body, headers, status, path) => {
      const answer = await post(body, headers as Record<string, string>);
      expect([answer.status, answer.type]).toEqual([status, 'application/problem+json']);
      expect(answer.body.errors).toEqual([{ path, message: expect.any(String) }]);
      expect(answer.body.detail).not.toMatch(/Unexpected|JSON at|position|entity|charset "/);
      expect(app.lines.filter(({ level }) => level === 'error')).toEqual([]);
    },
  );

  it('is refused with a sentence for each field, when fields are wrong', async () => {
    const answer = await post(JSON.stringify({ title: '', parts: [{ size: 1.5 }, {}], colour: 'red' }));
    expect(answer.status).toBe(400);
    expect(answer.body.errors).toEqual([
      { path: 'title', message: 'must have at least 1 character' },
      { path: 'parts.0.size', message: 'must be a whole number' },
      { path: 'parts.1.size', message: 'is required' },
      { path: 'colour', message: 'is not known here' },
    ]);
  });
});

describe('what Node’s parser refuses', () => {
  it.each([
    ['no HTTP at all', 'nonsense\r\n\r\n', 400],
    ['headers without end', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(70_000)}\r\n\r\n`, 431],
    [
      'a length and chunks at once',
      'POST /things HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n',
      400,
    ],
    ['a broken chunk', 'POST /trace HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n', 400],
  ])('is answered as a problem, when it is %s', async (_what, text, status) => {
    const answer = await exchange(app.port, text);
    expect(answer).toMatch(/^HTTP\/1.1 4\d\d /);
    const body = JSON.parse(answer.slice(answer.lastIndexOf('\r\n\r\n')));
    expect(body).toMatchObject({ status: expect.any(Number), detail: expect.any(String) });
    if (!_what.includes('chunk')) expect(body.status).toBe(status);
  });
});

describe('the access log', () => {
  it('tells of a request in one line, without its query, headers or body', async () => {
    const traceId = 'e'.repeat(32);
    const answer = await request(app.url)
      .post('/things?token=hunter2')
      .set({ authorization: 'hunter2', traceparent: `00-${traceId}-${'f'.repeat(16)}-01` })
      .send({ title: 'hunt2' });
    const line = await logged(app.lines, (it) => it.traceId === traceId);
    expect(line).toEqual({
      level: 'info',
      time: expect.any(String),
      service: 'test',
      traceId,
      spanId: expect.stringMatching(/^[0-9a-f]{16}$/),
      method: 'POST',
      path: '/things',
      status: 201,
      ms: expect.any(Number),
      bytes: expect.any(Number),
      msg: 'request',
    });
    expect(line.bytes).toBeGreaterThan(Number(answer.headers['content-length']));
    expect(JSON.stringify(app.lines)).not.toMatch(/hunt/);
  });

  it('says nothing, when health is asked', async () => {
    await request(app.url).get('/health/live');
    await request(app.url).get('/health/ready');
    await request(app.url).get('/things/1');
    await logged(app.lines, ({ path }) => path === '/things/1');
    expect(app.lines.filter(({ path }) => String(path).startsWith('/health'))).toEqual([]);
  });
});
