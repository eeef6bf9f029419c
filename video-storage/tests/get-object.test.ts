import { once } from 'node:events';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { answerTo, createStorage, eventually, MiB, type Storage, sha256, video } from './support/storage.ts';

const key = 'videos/1/source';
const path = `/internal/objects/${key}`;

describe('GET /internal/objects/*key', () => {
  let storage: Storage;
  const bytes = video(6 * MiB);
  const etag = `"${sha256(bytes)}"`;
  beforeAll(async () => {
    storage = await createStorage();
    await storage.put(key, bytes);
  });
  afterAll(() => storage.close());

  const read = async (headers: Record<string, string>) => {
    const { status, body, headers: fields } = await storage.get(key, headers);
    return { status, body, fields };
  };

  it('a range, a suffix, several ranges: those bytes', async () => {
    const one = await read({ range: 'bytes=4194300-4194310' });
    expect([one.status, one.fields['content-range']]).toEqual([206, `bytes 4194300-4194310/${bytes.length}`]);
    expect(one.body.equals(bytes.subarray(4194300, 4194311))).toBe(true);
    expect((await read({ range: 'bytes=-5' })).body.equals(bytes.subarray(-5))).toBe(true);
    const several = await read({ range: 'bytes=0-9,1000000-1000009' });
    expect(several.fields['content-type']).toMatch(/^multipart\/byteranges/);
    expect(several.body.includes(bytes.subarray(1000000, 1000010))).toBe(true);
  });

  it('conditions and what is out of bounds: 304, 412, 416, and If-Range with the entity tag', async () => {
    expect((await read({ 'if-none-match': etag })).status).toBe(304);
    expect((await read({ 'if-match': '"other"' })).status).toBe(412);
    expect((await read({ 'if-match': etag, range: 'bytes=0-1' })).status).toBe(206);
    expect((await read({ range: `bytes=${bytes.length}-` })).fields['content-range']).toBe(`bytes */${bytes.length}`);
    expect((await read({ 'if-range': '"other"', range: 'bytes=0-1' })).status).toBe(200);
    const { fields } = await read({});
    expect((await read({ 'if-modified-since': String(fields['last-modified']) })).status).toBe(304);
  });

  it('HEAD: the same fields, nothing read', async () => {
    const before = storage.link.answeredBytes;
    const { status, headers, body } = await storage.ask('HEAD', path, { headers: { range: 'bytes=0-1' } });
    expect([status, body.length, headers['content-length']]).toEqual([200, 0, String(bytes.length)]);
    expect(headers).toMatchObject({ etag, 'content-type': 'video/mp4', 'accept-ranges': 'bytes' });
    expect(storage.link.answeredBytes).toBe(before);
  });

  it('a range is one request to the store; conditions that hold are none', async () => {
    await read({});
    storage.link.requests.length = 0;
    await read({ range: 'bytes=100-200' });
    expect(storage.link.requests).toHaveLength(1);
    await read({ 'if-none-match': etag });
    await read({ range: 'bytes=99999999-' });
    expect(storage.link.requests).toHaveLength(1);
  });

  it('no such key: 404 as a problem, for HEAD without a body', async () => {
    const missing = await storage.get('videos/1/none');
    expect([missing.status, missing.headers['content-type']]).toEqual([404, 'application/problem+json']);
    expect((await storage.ask('HEAD', '/internal/objects/videos/1/none')).status).toBe(404);
  });

  it('unknown parameters: 400 that names them', async () => {
    const { status, json } = await storage.ask('GET', `${path}?download=1`);
    expect([status, json.errors[0].path]).toEqual([400, 'download']);
  });

  it('what someone else has put into the container is no object', async () => {
    await storage.container.getBlockBlobClient('videos/foreign').upload('abc', 3);
    expect((await storage.get('videos/foreign')).status).toBe(404);
    expect((await storage.ask('GET', '/internal/objects?prefix=videos/f')).json.items).toEqual([]);
  });

  it('an object that is removed and stored anew with other bytes behind our back: never a mixture', async () => {
    const name = 'videos/2/source';
    const [first, second] = [video(5 * MiB), video(5 * MiB)];
    await storage.put(name, first);
    await storage.get(name);
    const blob = storage.container.getBlockBlobClient(name);
    await blob.delete();
    expect((await storage.get(name, { range: 'bytes=0-9' })).status).toBe(404);
    await storage.put(name, first);
    await storage.get(name);
    await blob.upload(second, second.length, { metadata: { sha256: sha256(second) } });
    expect((await storage.get(name, { range: 'bytes=0-9' })).status).toBe(404);
    const { headers, body } = await storage.get(name);
    expect([headers.etag, body.equals(second)]).toEqual([`"${sha256(second)}"`, true]);
  });
});

describe('a read that breaks off', () => {
  let storage: Storage;
  const bytes = video(32 * MiB);
  beforeEach(async () => {
    storage = await createStorage({ overrides: { azure: { shortMs: 1000, longMs: 20_000 } } });
    await storage.put(key, bytes);
  });
  afterEach(() => storage.close());

  /** A viewer who has begun to read and then reads nothing. */
  async function viewer(
    headers: Record<string, string> = {},
  ): Promise<{ sent: ClientRequest; response: IncomingMessage }> {
    const sent = await storage.begin('GET', path, headers);
    sent.end();
    const [response]: [IncomingMessage] = (await once(sent, 'response')) as never;
    response.on('error', () => undefined);
    await once(response, 'readable');
    return { sent, response };
  }

  /** Resolves when no more bytes come from the store. */
  async function stillness(): Promise<number> {
    let before = -1;
    return eventually(
      async () => {
        await new Promise((resolve) => setTimeout(resolve, 100));
        const isStill = storage.link.answeredBytes === before;
        before = storage.link.answeredBytes;
        return isStill;
      },
      (isStill) => isStill,
    ).then(() => before);
  }

  it.each([{}, { range: 'bytes=1000-' }, { range: 'bytes=0-9,1000000-' }])(
    'a viewer of %j who leaves: the read at the store ends within a second',
    async (headers) => {
      const { sent } = await viewer(headers);
      const read = await stillness();
      const open = storage.link.connections;
      const left = performance.now();
      sent.destroy();
      await eventually(
        () => storage.link.connections,
        (connections) => connections < open,
        1000,
      );
      expect(performance.now() - left).toBeLessThan(1000);
      // What was not wanted any more was not read either.
      expect(await stillness()).toBe(read);
      expect(read).toBeLessThan(bytes.length);
    },
  );

  it('twenty viewers who read nothing hold no more than what the connections take', async () => {
    const viewers = await Promise.all(Array.from({ length: 20 }, () => viewer()));
    await stillness();
    for (const { sent } of viewers) sent.destroy();
    await eventually(
      () => storage.link.connections,
      (connections) => connections <= 1,
      1000,
    );
  });

  it('the store is killed in the middle of a body: the viewer knows within a second, and may go on from there', async () => {
    const { response } = await viewer();
    const received: Buffer[] = [];
    let total = 0;
    response.on('data', (chunk) => {
      received.push(chunk);
      total += chunk.length;
      // Slow enough for the store to be cut in the middle.
      if (total > 8 * MiB && total < 9 * MiB) storage.link.cut();
    });
    const cutAt = performance.now();
    await new Promise<void>((resolve) => response.once('close', resolve));
    expect(performance.now() - cutAt).toBeLessThan(2000);
    expect(response.complete).toBe(false);
    const got = Buffer.concat(received);
    expect(got.length).toBeLessThan(bytes.length);
    expect(got.equals(bytes.subarray(0, got.length))).toBe(true);

    storage.link.mend();
    const rest = await storage.get(key, { range: `bytes=${got.length}-`, 'if-range': `"${sha256(bytes)}"` });
    expect([rest.status, rest.body.equals(bytes.subarray(got.length))]).toEqual([206, true]);
  });

  it('the store is killed while the viewer pauses: what was under way still comes, and then the end at once', async () => {
    const { response } = await viewer();
    await stillness();
    storage.link.cut();
    const resumed = performance.now();
    let total = 0;
    response.on('data', (chunk) => {
      total += chunk.length;
    });
    await new Promise<void>((resolve) => response.once('close', resolve));
    expect(performance.now() - resumed).toBeLessThan(1000);
    expect([response.complete, total < bytes.length]).toEqual([false, true]);
  });

  it('the store is away: 503 as a problem, in bounded time, and the bytes when it is back', async () => {
    await storage.get(key);
    storage.link.cut();
    const { status, headers, json } = await storage.get(key, { range: 'bytes=0-9' });
    expect([status, headers['content-type']]).toEqual([503, 'application/problem+json']);
    expect(headers.etag).toBeUndefined();
    expect(JSON.stringify(json)).not.toMatch(/127\.0\.0\.1|azure|ECONN/i);
    storage.link.mend();
    expect((await storage.get(key, { range: 'bytes=0-9' })).status).toBe(206);
  });

  it('the store hangs: 503 in bounded time', async () => {
    storage.link.freeze();
    expect((await storage.get(key, { range: 'bytes=0-9' })).status).toBe(503);
    expect((await storage.get('videos/unknown')).status).toBe(503);
  });

  it('a viewer who leaves while the store still thinks: the question ends, too', async () => {
    await storage.get(key, { range: 'bytes=0-9' });
    const reached = new Promise<void>((resolve) =>
      storage.link.onRequest('GET', () => {
        storage.link.freeze();
        resolve();
      }),
    );
    const sent = await storage.begin('GET', path);
    sent.end();
    await reached;
    const open = storage.link.connections;
    sent.destroy();
    await eventually(
      () => storage.link.connections,
      (connections) => connections < open,
      900,
    );
  });

  it('the service stops: a read in hand goes on to its end', async () => {
    const { response } = await viewer();
    const stopped = storage.service.stop();
    let total = 0;
    for await (const chunk of response) total += chunk.length;
    expect(total).toBe(bytes.length);
    await stopped;
  });
});

it('answers a reader that pauses and goes on with every byte', async () => {
  const storage = await createStorage();
  const bytes = video(24 * MiB);
  await storage.put(key, bytes);
  const sent = await storage.begin('GET', path);
  sent.end();
  const [response]: [IncomingMessage] = (await once(sent, 'response')) as never;
  const chunks: Buffer[] = [];
  for await (const chunk of response) {
    chunks.push(chunk);
    if (chunks.length % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 30));
  }
  expect(Buffer.concat(chunks).equals(bytes)).toBe(true);
  expect((await answerTo((await storage.begin('HEAD', path)).end() as ClientRequest)).status).toBe(200);
  await storage.close();
});
