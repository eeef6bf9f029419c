import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { answerJson } from './support/fake-neighbour.ts';
import { startGateway, type TestGateway } from './support/gateway.ts';

describe('when a neighbour fails', () => {
  let gateway: TestGateway;

  beforeEach(async () => {
    gateway = await startGateway({ ANSWER_SECONDS: '0.5' });
  });
  afterEach(() => gateway.stop());

  const get = (path: string) => fetch(gateway.url + path);

  it('answers 503 while it is down, goes on with all else, and is back with it', async () => {
    await gateway.history.kill();
    const down = await get('/api/history');
    expect([down.status, down.headers.get('retry-after')]).toEqual([503, '2']);
    expect(await down.json()).toMatchObject({ status: 503, instance: '/api/history' });
    expect((await get('/api/videos')).status).toBe(200);
    expect((await get('/api/session')).status).toBe(200);
    await gateway.history.revive();
    expect((await get('/api/history')).status).toBe(200);
  });

  it('answers 504 when it does not answer in time', async () => {
    gateway.metadata.answer = () => undefined;
    const answer = await get('/api/videos');
    expect(answer.status).toBe(504);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
  });

  it('answers at once, when it is known not to answer, and finds out by itself when it does again', async () => {
    gateway.metadata.answer = () => undefined;
    await Promise.all(Array.from({ length: 5 }, () => get('/api/videos')));
    const begun = performance.now();
    expect((await get('/api/videos')).status).toBe(503);
    expect(performance.now() - begun).toBeLessThan(200);
    expect(await (await get('/health/ready')).json()).toMatchObject({
      status: 'ready',
      checks: { metadata: { ok: false } },
    });

    gateway.metadata.answer = answerJson({});
    let status = 503;
    for (const deadline = Date.now() + 5000; status !== 200 && Date.now() < deadline; ) {
      status = (await get('/api/videos')).status;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(status).toBe(200);
    expect(await (await get('/health/ready')).json()).toMatchObject({ checks: { metadata: { ok: true } } });
  });

  it('answers 502 when it breaks off instead of answering', async () => {
    gateway.upload.answer = (req) => req.socket.destroy();
    const answer = await fetch(`${gateway.url}/api/videos?title=a`, { method: 'POST', body: 'x' });
    expect(answer.status).toBe(502);
  });

  it('answers 502 when what it says is not HTTP', async () => {
    const server = createServer((socket) => socket.end('SSH-2.0-nothing\r\n'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const other = await startGateway({ METADATA_URL: `http://127.0.0.1:${port}` });
    expect((await fetch(`${other.url}/api/videos`)).status).toBe(502);
    await other.stop();
    server.close();
  });

  it('asks again, when its connection was closed just as a GET went out on it', async () => {
    await get('/api/videos');
    let asked = 0;
    gateway.metadata.answer = (req, res) => {
      asked += 1;
      if (asked === 1) req.socket.destroy();
      else answerJson({ again: true })(req, res);
    };
    expect(await (await get('/api/videos')).json()).toEqual({ again: true });
  });

  it('never sends a POST twice', async () => {
    gateway.streaming.answer = (req) => req.socket.destroy();
    await fetch(`${gateway.url}/api/videos/0199b1f2-8c3a-7d44-9a51-3f0f6c6a1b2e/progress`, {
      method: 'POST',
      body: '{}',
    });
    expect(gateway.streaming.requests).toHaveLength(1);
  });

  it('stays ready with every neighbour down, since the page and the session need none', async () => {
    await Promise.all(
      [gateway.metadata, gateway.history, gateway.streaming, gateway.upload].map((fake) => fake.kill()),
    );
    expect((await get('/health/ready')).status).toBe(200);
    expect((await get('/api/session')).status).toBe(200);
    for (const fake of [gateway.metadata, gateway.history, gateway.streaming, gateway.upload]) await fake.revive();
  });
});

describe('when more files are asked for than may pass at a time', () => {
  it('refuses the one too many at once with 503, and the API goes on', async () => {
    const gateway = await startGateway({ STREAMS_MAX: '2' });
    gateway.streaming.answer = (_req, res) => {
      res.writeHead(200, { 'content-type': 'video/mp4', 'content-length': 100 }).write('x');
    };
    const file = `${gateway.url}/api/videos/0199b1f2-8c3a-7d44-9a51-3f0f6c6a1b2e/file`;
    const viewers = [new AbortController(), new AbortController()];
    await Promise.all(viewers.map(({ signal }) => fetch(file, { signal })));
    expect((await fetch(file)).status).toBe(503);
    const gone = gateway.streaming.connectionsDownTo(1, 1000);
    viewers[0]?.abort();
    await gone;
    expect((await fetch(file)).status).toBe(200);
    await gateway.stop();
  });
});
