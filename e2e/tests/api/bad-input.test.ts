import type { Problem } from '@flixtube/contracts/http/problem';
import type { Video } from '@flixtube/contracts/http/video';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { fakeClip } from '../../src/clips.ts';
import { rawRequest } from '../../src/raw.ts';
import { systemUrl } from '../../src/system.ts';
import { json, Viewer } from '../../src/viewer.ts';

const unknownId = '0199b1f2-8c3a-7d44-9a51-3f0f6c6a1b2e';
const long = 'a'.repeat(5000);

/** Words that only our own machinery would say. */
const inner =
  /mongo|amqp|rabbit|azure|blob|undici|axios|express|ECONN|node_modules|\.ts\b|127\.0\.0\.1|localhost|stack/i;

describe('bad input', () => {
  const viewer = new Viewer(systemUrl());
  let id = '';

  beforeAll(async () => {
    id = (await viewer.upload(fakeClip(1_000, 1), 'A target')).body.id;
  });

  /** A clear refusal: 4xx, problem+json, nothing of the inside, and the field where there is one. */
  const expectRefusal = (status: number, contentType: string, text: string, field?: string) => {
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
    expect(contentType).toMatch(/^application\/problem\+json/);
    const problem = JSON.parse(text) as Problem;
    expect(problem).toMatchObject({
      status,
      title: expect.any(String),
      detail: expect.any(String),
      traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    expect(JSON.stringify({ ...problem, instance: '', type: '' })).not.toMatch(inner);
    if (field !== undefined) expect((problem.errors ?? []).map((error) => error.path)).toContain(field);
  };

  it.each([
    ['GET', `/api/videos/${long}`, 'id'],
    ['GET', '/api/videos/not-an-id', 'id'],
    ['GET', `/api/videos/not-an-id/file`, 'id'],
    ['DELETE', '/api/history/nothing', 'videoId'],
    ['GET', '/api/videos?limit=0', 'limit'],
    ['GET', '/api/videos?limit=1e9', 'limit'],
    ['GET', '/api/videos?limit=abc', 'limit'],
    ['GET', '/api/videos?sort=best', 'sort'],
    ['GET', '/api/videos?cursor=bm9uc2Vuc2U', 'cursor'],
    ['GET', '/api/videos?cursor=%00', 'cursor'],
    ['GET', `/api/videos?query=${long}`, 'query'],
    ['GET', '/api/videos?colour=red', 'colour'],
    ['GET', '/api/videos?limit=1&limit=2', 'limit'],
    ['GET', '/api/history?cursor=bm9uc2Vuc2U', 'cursor'],
    ['GET', '/api/history?colour=red', 'colour'],
    ['GET', '/api/continue-watching?limit=-1', 'limit'],
    ['POST', '/api/videos', 'title'],
    ['POST', `/api/videos?title=${long}`, 'title'],
    ['POST', '/api/videos?title=a&colour=red', 'colour'],
  ])('when %s %.60s, then it is refused and names %s', async (method, path, field) => {
    const init =
      method === 'POST' ? { method, headers: { 'content-type': 'video/mp4' }, body: fakeClip(100, 1) } : { method };
    const response = await viewer.send(path, init);
    expectRefusal(response.status, response.headers.get('content-type') ?? '', await response.text(), field);
  });

  it.each([
    ['GET', '/api/videos/../../internal/objects'],
    ['GET', '/api/%2e%2e/internal/videos/x'],
    ['GET', '/internal/videos'],
    ['GET', '//internal/videos'],
    ['GET', '/api/videos/%00'],
    ['GET', '/api/videos/%E0%A4%A'],
    ['GET', '/api/videos/..%2f..%2finternal'],
    ['GET', '/api/nothing'],
    ['PUT', '/api/videos'],
    ['POST', '/api/history'],
    ['TRACE', '/api/videos'],
    ['GET', `/api/videos/${unknownId}`],
    ['GET', `/api/videos/${unknownId}/file`],
  ])('when the raw request is %s %s, then it is refused', async (method, target) => {
    const answer = await rawRequest(
      systemUrl(),
      `${method} ${target} HTTP/1.1\r\nHost: flixtube\r\nConnection: close\r\n\r\n`,
    );
    expectRefusal(answer.status, answer.headers['content-type'] ?? '', answer.body);
    if (answer.status === 405) expect(answer.headers.allow).toMatch(/GET/);
  });

  it('when JSON is broken, of the wrong type or too large, then it is refused', async () => {
    const path = `/api/videos/${id}/progress`;
    const requests: [RequestInit, number][] = [
      [{ method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"sessionId": "' }, 400],
      [{ method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'hello' }, 415],
      [json('POST', { sessionId: 'x'.repeat(200_000) }), 413],
      [json('POST', []), 400],
      [json('POST', { sessionId: 'session-1', positionSeconds: 'NaN', watchedSeconds: -1 }), 400],
      [
        json('POST', {
          sessionId: 'session-1',
          positionSeconds: 1,
          watchedSeconds: 1,
          __proto__: { a: 1 },
          colour: 'red',
        }),
        400,
      ],
    ];
    for (const [init, status] of requests) {
      const response = await viewer.send(path, init);
      expect(response.status).toBe(status);
      expectRefusal(response.status, response.headers.get('content-type') ?? '', await response.text());
    }
  });

  it('when a PATCH has a wrong field, then it names it and changes nothing', async () => {
    const { headers, body } = await viewer.ask<Video>(`/api/videos/${id}`);
    const ifMatch = { 'if-match': headers.get('etag') ?? '' };
    for (const [patch, field] of [
      [{ title: '' }, 'title'],
      [{ title: 7 }, 'title'],
      [{ visibility: 'secret' }, 'visibility'],
      [{ viewCount: 9 }, 'viewCount'],
    ] as const) {
      const response = await viewer.send(`/api/videos/${id}`, json('PATCH', patch, ifMatch));
      expectRefusal(response.status, response.headers.get('content-type') ?? '', await response.text(), field);
    }
    // Its processing goes on, or fails, meanwhile.
    const { title, description, visibility, viewCount } = body;
    const now = await viewer.ask<Video>(`/api/videos/${id}`);
    expect(now.body).toMatchObject({ title, description, visibility, viewCount });
  });

  it('when what is uploaded is no video, empty, or not called one, then it is refused and leaves nothing', async () => {
    const before = (await viewer.listAll()).length;
    const uploads: [RequestInit, number][] = [
      [{ method: 'POST', headers: { 'content-type': 'video/mp4' }, body: '<html>hello</html>'.repeat(1000) }, 415],
      [{ method: 'POST', headers: { 'content-type': 'video/mp4' }, body: new Uint8Array(0) }, 400],
      [{ method: 'POST', headers: { 'content-type': 'text/html' }, body: fakeClip(1000, 1) }, 415],
    ];
    for (const [init, status] of uploads) {
      const response = await viewer.send('/api/videos?title=No+video', init);
      expect(response.status).toBe(status);
      expectRefusal(response.status, response.headers.get('content-type') ?? '', await response.text());
    }
    expect((await viewer.listAll()).length).toBe(before);
  });

  it('when an upload is cut in the middle, then nothing of it is seen', async () => {
    const before = (await viewer.listAll()).length;
    const head = `POST /api/videos?title=Cut HTTP/1.1\r\nHost: flixtube\r\nContent-Type: video/mp4\r\nContent-Length: 1000000\r\n\r\n`;
    await rawRequest(systemUrl(), Buffer.concat([Buffer.from(head), fakeClip(300_000, 3)]), { cut: true });
    expect((await viewer.listAll()).length).toBe(before);
  });

  it('when an upload says that it is larger than allowed, then it is refused before its bytes are sent', async () => {
    const head = `POST /api/videos?title=Huge HTTP/1.1\r\nHost: flixtube\r\nContent-Type: video/mp4\r\nContent-Length: 99999999999999\r\n\r\n`;
    const answer = await rawRequest(systemUrl(), head);
    expect(answer.status).toBe(413);
    expectRefusal(answer.status, answer.headers['content-type'] ?? '', answer.body);
  });
});
