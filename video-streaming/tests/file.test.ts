import { randomBytes } from 'node:crypto';
import { newId } from '@flixtube/chassis/ids';
import type { InternalVideo } from '@flixtube/contracts/http/internal';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { problem } from './support/fakes.ts';
import { rawGet, startStreaming, type TestStreaming } from './support/streaming.ts';

const bytes = randomBytes(100_000);

describe('GET /api/videos/:id/file', () => {
  let streaming: TestStreaming;
  let video: InternalVideo;
  let viewer: Record<string, string>;

  beforeAll(async () => {
    streaming = await startStreaming();
    video = streaming.add({ bytes });
    viewer = await streaming.by(newId());
  });
  afterAll(() => streaming.stop());
  beforeEach(() => {
    streaming.storage.instead = undefined;
    streaming.storage.requests.length = 0;
  });

  const get = (headers: Record<string, string> = {}, method = 'GET', path = `/api/videos/${video.id}/file`) =>
    fetch(streaming.url + path, { method, headers: { ...viewer, ...headers } });
  const etag = () => `"${video.source.sha256}"`;

  it('answers with the whole file and says what it is', async () => {
    const answer = await get();
    expect(answer.status).toBe(200);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'accept-ranges': 'bytes',
      'cache-control': 'public, no-cache',
      'content-disposition': `inline; filename="flixtube-${video.id}.mp4"`,
      'content-length': '100000',
      'content-type': 'video/mp4',
      'cross-origin-resource-policy': 'same-origin',
      etag: etag(),
      'x-content-type-options': 'nosniff',
    });
    expect(Math.abs(Date.parse(String(answer.headers.get('last-modified'))) - Date.now())).toBeLessThan(60_000);
    expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true);
  });

  it('answers any satisfiable range with just its bytes, by one read of just these', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(99_999), fc.nat(120_000), async (start, length) => {
        streaming.storage.requests.length = 0;
        const end = Math.min(start + length, 99_999);
        const answer = await get({ range: `bytes=${start}-${start + length}` });
        expect([answer.status, answer.headers.get('content-range')]).toEqual([206, `bytes ${start}-${end}/100000`]);
        expect(Buffer.from(await answer.arrayBuffer()).equals(bytes.subarray(start, end + 1))).toBe(true);
        expect(streaming.storage.requests.map(({ headers }) => [headers.range, headers['if-match']])).toEqual([
          [`bytes=${start}-${end}`, etag()],
        ]);
      }),
      { numRuns: 25 },
    );
  });

  it('answers several ranges in one multipart body', async () => {
    const answer = await get({ range: 'bytes=0-9,50000-50009' });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      206,
      expect.stringMatching(/^multipart\/byteranges; boundary=/),
    ]);
    const text = Buffer.from(await answer.arrayBuffer()).toString('latin1');
    expect(text).toContain(
      `Content-Range: bytes 50000-50009/100000\r\n\r\n${bytes.toString('latin1', 50_000, 50_010)}\r\n`,
    );
    expect(streaming.storage.requests.map(({ headers }) => headers.range)).toEqual(['bytes=0-9', 'bytes=50000-50009']);
  });

  it.each([
    ['304 to who has it', { 'if-none-match': '"other", ETAG' }, 304],
    ['412 to who wants another', { 'if-match': '"other"' }, 412],
    ['200 to who wants this one', { 'if-match': 'ETAG' }, 200],
    ['206 to a range of this one', { range: 'bytes=0-1', 'if-range': 'ETAG' }, 206],
    ['200 to a range of another', { range: 'bytes=0-1', 'if-range': '"other"' }, 200],
    ['416 to a range beyond its end', { range: 'bytes=100000-' }, 416],
    [
      '416 to hundreds of tiny ranges',
      { range: `bytes=${Array.from({ length: 200 }, (_, n) => `${n * 400}-${n * 400}`).join()}` },
      416,
    ],
    ['200 to a range that is none', { range: 'bytes=9-1' }, 200],
  ])('answers %s', async (_what, headers, status) => {
    const filled = Object.entries(headers).map(([name, value]) => [name, value.replace('ETAG', etag())]);
    const answer = await get(Object.fromEntries(filled));
    await answer.arrayBuffer();
    expect(answer.status).toBe(status);
    expect(streaming.storage.requests).toHaveLength(status < 300 ? 1 : 0);
  });

  it('answers HEAD as GET without a body, whatever its Range, and reads nothing', async () => {
    const answer = await get({ range: 'bytes=0-1' }, 'HEAD');
    expect([answer.status, answer.headers.get('content-length'), await answer.text()]).toEqual([200, '100000', '']);
    expect(streaming.storage.requests).toEqual([]);
  });

  it('answers a file of no bytes', async () => {
    const empty = streaming.add({ bytes: Buffer.alloc(0) });
    const answer = await get({ range: 'bytes=0-' }, 'GET', `/api/videos/${empty.id}/file`);
    expect([answer.status, answer.headers.get('content-length')]).toEqual([200, '0']);
  });

  it.each([
    ['a path up', '/api/videos/..%2f..%2finternal/file', 400],
    ['a NUL', '/api/videos/%00/file', 400],
    ['a long id', `/api/videos/${'a'.repeat(5000)}/file`, 400],
    ['no id', '/api/videos/1/file', 400],
    ['broken encoding', '/api/videos/%ff/file', 400],
    ['an id that nobody has', `/api/videos/0199b1f2-8c3a-7d44-9a51-3f0f6c6a1b2e/file`, 404],
  ])('answers %s with a problem', async (_what, path, status) => {
    const answer = await get({}, 'GET', path);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([status, 'application/problem+json']);
  });

  it('names a parameter that it does not know, and an id that is none', async () => {
    const parameter = await get({}, 'GET', `/api/videos/${video.id}/file?download=1`);
    expect([parameter.status, await parameter.json()]).toEqual([
      400,
      expect.objectContaining({ errors: [expect.objectContaining({ path: 'download' })] }),
    ]);
    const id = await get({}, 'GET', '/api/videos/1/file');
    expect(await id.json()).toMatchObject({ errors: [{ path: 'id' }] });
  });

  it('needs to know who is calling, and has no other methods', async () => {
    expect((await fetch(`${streaming.url}/api/videos/${video.id}/file`)).status).toBe(401);
    const other = await get({}, 'PUT');
    expect([other.status, other.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS']);
  });

  it.each([
    ['404 when the bytes are gone', 404, 404],
    ['502 when they are others', 412, 502],
    ['503 when storage says so', 503, 503],
    ['502 when storage fails', 500, 502],
  ])('answers %s', async (_what, given, status) => {
    streaming.storage.instead = (_req, res) => problem(res, given);
    const answer = await get();
    expect([answer.status, answer.headers.get('content-type')]).toEqual([status, 'application/problem+json']);
    expect(await answer.text()).not.toContain('fake');
  });

  it('ends the connection, when storage sends other bytes than were asked for', async () => {
    streaming.storage.instead = (_req, res) => {
      res.writeHead(206, { 'content-range': 'bytes 0-99999/100000' }).end('short');
    };
    const answer = await get();
    await expect(answer.arrayBuffer()).rejects.toThrow();
    streaming.storage.instead = (_req, res) => {
      res.writeHead(200).end(bytes);
    };
    expect((await get({ range: 'bytes=0-9' })).status).toBe(502);
  });

  it('keeps the connection for the next request', async () => {
    const socket = await rawGet(streaming.port, `/api/videos/${video.id}/file`, { ...viewer, range: 'bytes=0-0' });
    socket.write(`GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    let text = '';
    for await (const chunk of socket) text += String(chunk);
    expect(text.match(/HTTP\/1\.1 (206|200)/g)).toEqual(['HTTP/1.1 206', 'HTTP/1.1 200']);
  });
});
