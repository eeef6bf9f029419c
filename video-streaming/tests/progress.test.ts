import { newId } from '@flixtube/chassis/ids';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startStreaming, type TestStreaming } from './support/streaming.ts';

const good = { sessionId: 'f81d4fae-7dec-41d0-a765-00a0c91e6bf6', positionSeconds: 61.5, watchedSeconds: 30 };

describe('POST /api/videos/:id/progress', () => {
  let streaming: TestStreaming;
  const viewerId = newId();

  beforeAll(async () => {
    streaming = await startStreaming();
  });
  afterAll(() => streaming.stop());

  const post = async (videoId: string, body: unknown, headers: Record<string, string> = {}, query = '') =>
    fetch(`${streaming.url}/api/videos/${videoId}/progress${query}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(await streaming.by(viewerId)), ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });

  it('publishes playback.progressed before it answers 202', async () => {
    const { id } = streaming.add();
    const answer = await post(
      id,
      { ...good, durationSeconds: 120 },
      { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' },
    );
    expect(answer.status).toBe(202);
    const event = await streaming.probe.next('playback.progressed', ({ subject }) => subject === id);
    expect(event).toMatchObject({ specversion: '1.0', source: 'video-streaming', subject: id });
    expect(event.data).toEqual({ ...good, durationSeconds: 120, videoId: id, viewerId });
    expect(streaming.probe.headersOf(event.id)?.traceparent).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-/);
  });

  it('publishes nothing of a session in which nothing was watched', async () => {
    const { id } = streaming.add();
    expect((await post(id, { ...good, positionSeconds: 0, watchedSeconds: 0, errors: 1 })).status).toBe(202);
    expect((await post(id, good)).status).toBe(202);
    await streaming.probe.next('playback.progressed', ({ subject }) => subject === id);
    const told = streaming.probe.published('playback.progressed').filter(({ subject }) => subject === id);
    expect(told.map(({ data }) => data)).toMatchObject([{ watchedSeconds: 30 }]);
  });

  it.each([
    ['sessionId', { ...good, sessionId: 'short' }],
    ['sessionId', { ...good, sessionId: undefined }],
    ['positionSeconds', { ...good, positionSeconds: -1 }],
    ['positionSeconds', { ...good, positionSeconds: '61.5' }],
    ['positionSeconds', { ...good, positionSeconds: 1e300 }],
    ['watchedSeconds', { ...good, watchedSeconds: null }],
    ['durationSeconds', { ...good, durationSeconds: 0 }],
    ['viewerId', { ...good, viewerId: newId() }],
  ])('names %s when that is wrong', async (path, body) => {
    const answer = await post(streaming.add().id, body);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ errors: [{ path }] });
  });

  it.each([
    ['broken JSON', '{"a":', {}, 400],
    ['no object', '[]', {}, 400],
    ['nothing', '', {}, 400],
    ['no JSON', 'a=b', { 'content-type': 'text/plain' }, 415],
    ['too much', JSON.stringify({ ...good, more: 'x'.repeat(70_000) }), {}, 413],
  ])('refuses %s', async (_what, body, headers, status) => {
    const answer = await post(streaming.add().id, body, headers);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([status, 'application/problem+json']);
  });

  it('refuses a parameter, an id that is none, and any other method', async () => {
    const { id } = streaming.add();
    expect(await (await post(id, good, {}, '?a=1')).json()).toMatchObject({ status: 400, errors: [{ path: 'a' }] });
    expect(await (await post('1', good)).json()).toMatchObject({ status: 400, errors: [{ path: 'id' }] });
    expect(
      (await fetch(`${streaming.url}/api/videos/${id}/progress`, { headers: await streaming.by(viewerId) })).status,
    ).toBe(405);
  });

  it('knows no video that this viewer may not watch, and publishes nothing of it', async () => {
    const hidden = streaming.add({ visibility: 'private' });
    expect((await post(hidden.id, good)).status).toBe(404);
    expect((await post('0199b1f2-8c3a-7d44-9a51-3f0f6c6a1b2e', good)).status).toBe(404);
    expect(streaming.probe.published('playback.progressed').filter(({ subject }) => subject === hidden.id)).toEqual([]);
  });

  it('answers 503 and when to try again, when nobody takes it, and 202 when someone does again', async () => {
    const { id } = streaming.add();
    await streaming.vhost.cutConnections();
    const answer = await post(id, good);
    if (answer.status !== 202) {
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
      expect(await answer.text()).not.toMatch(/rabbit|amqp|queue/i);
    }
    await streaming.ready();
    expect((await post(id, good)).status).toBe(202);
  });
});

describe('how well playback goes', () => {
  it('is counted once a session, however often it is told, and names nobody', async () => {
    const streaming = await startStreaming();
    try {
      const { id } = streaming.add();
      const viewerId = newId();
      const sessionId = newId();
      const tell = async (body: object, as = viewerId) => {
        const answer = await fetch(`${streaming.url}/api/videos/${id}/progress`, {
          method: 'POST',
          headers: { ...(await streaming.by(as)), 'content-type': 'application/json' },
          body: JSON.stringify({ sessionId, positionSeconds: 1, ...body }),
        });
        return answer.status;
      };
      const told = { watchedSeconds: 5, startupSeconds: 0.6, stalls: 1, stalledSeconds: 1.5, errors: 0 };
      for (const body of [told, told, { ...told, watchedSeconds: 10, stalls: 3, stalledSeconds: 4, errors: 2 }]) {
        expect(await tell(body)).toBe(202);
      }
      expect(await tell({ watchedSeconds: 2, startupSeconds: 2.5 }, newId())).toBe(202);
      expect(await tell({ watchedSeconds: 0, sessionId: newId(), errors: 1 }, newId())).toBe(202);
      expect(await tell({ ...told, stalls: -1 })).toBe(400);
      const text = await (await fetch(`${streaming.url}/metrics`)).text();
      for (const line of [
        'sessions_total 3',
        'watched_seconds_total 12',
        'startup_seconds_count 2',
        'startup_seconds_sum 3.1',
        'startup_seconds_bucket{le="1"} 1',
        'stalls_total 3',
        'stalled_seconds_sum 4',
        'errors_total 3',
      ]) {
        expect(text).toContain(`\nflixtube_playback_${line}\n`);
      }
      for (const secret of [id, viewerId, sessionId]) expect(text).not.toContain(secret);
    } finally {
      await streaming.stop();
    }
  });
});

describe('POST progress without a broker', () => {
  it('answers 503 at once, in words that name nothing inside, while files are still served', async () => {
    const streaming = await startStreaming();
    const { id } = streaming.add();
    await streaming.vhost.close();
    const headers = await streaming.by(newId());
    const tell = () =>
      fetch(`${streaming.url}/api/videos/${id}/progress`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify(good),
      });
    let answer = await tell();
    for (const deadline = Date.now() + 5000; answer.status === 202 && Date.now() < deadline; ) answer = await tell();
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await answer.text()).not.toMatch(/rabbit|amqp|queue/i);
    // Who may watch is asked each time, since nobody would hear of a change.
    streaming.metadata.requests.length = 0;
    for (let count = 0; count < 2; count++) {
      expect((await fetch(`${streaming.url}/api/videos/${id}/file`, { headers })).status).toBe(200);
    }
    expect(streaming.metadata.requests).toHaveLength(2);
    expect((await fetch(`${streaming.url}/health/ready`)).status).toBe(503);
    await streaming.stop().catch(() => undefined);
  });
});
