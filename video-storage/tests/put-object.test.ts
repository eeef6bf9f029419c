import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { answerTo, createStorage, eventually, MiB, type Storage, sha256, video } from './support/storage.ts';

const block = 4 * MiB;
let keys = 0;
const newKey = () => {
  keys += 1;
  return `videos/${keys}/source`;
};

describe('PUT /internal/objects/*key', () => {
  let storage: Storage;
  beforeAll(async () => {
    storage = await createStorage();
  });
  afterAll(() => storage.close());

  it.each([16, 4099, 4100, 4101, block - 1, block, block + 1, 3 * block, 64 * MiB + 7])(
    'a file of %i bytes: stored whole, with its SHA-256, its type and a strong entity tag',
    async (sizeBytes) => {
      const key = newKey();
      const bytes = video(sizeBytes);

      const answer = await storage.put(key, bytes, '?accept=video/*');

      expect(answer.status).toBe(201);
      const facts = { key, sizeBytes, sha256: sha256(bytes), contentType: 'video/mp4', etag: `"${sha256(bytes)}"` };
      expect(answer.json).toEqual(facts);
      expect(answer.headers).toMatchObject({ etag: facts.etag, location: `/internal/objects/${key}` });
      const read = await storage.get(key);
      expect(read.body.equals(bytes)).toBe(true);
      expect(read.headers).toMatchObject({
        etag: facts.etag,
        'content-type': 'video/mp4',
        'content-length': `${sizeBytes}`,
      });
    },
  );

  it.each([0, 1])('a body of %i bytes is an object, too, of no known type', async (sizeBytes) => {
    const key = newKey();
    const answer = await storage.put(key, Buffer.alloc(sizeBytes, 7));
    expect(answer.json).toMatchObject({ sizeBytes, contentType: 'application/octet-stream' });
    const read = await storage.get(key);
    expect([read.status, read.body.length]).toEqual([200, sizeBytes]);
  });

  it('a body of no declared length, in small pieces: the same', async () => {
    const key = newKey();
    const bytes = video(5 * MiB + 3);
    const sent = await storage.begin('PUT', `/internal/objects/${key}`, { 'transfer-encoding': 'chunked' });
    for (let at = 0; at < bytes.length; at += 70_001) {
      if (!sent.write(bytes.subarray(at, at + 70_001))) await once(sent, 'drain');
    }
    sent.end();
    expect((await answerTo(sent)).json).toMatchObject({ sizeBytes: bytes.length, sha256: sha256(bytes) });
    expect((await storage.get(key)).body.equals(bytes)).toBe(true);
  });

  it('what is no video where one is wanted: 415 that says what it is, before the rest is sent', async () => {
    const sent = await storage.begin('PUT', `/internal/objects/${newKey()}?accept=video/*`, {
      'content-length': 2 ** 40,
      'content-type': 'video/mp4',
    });
    sent.write(Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(8_000)]));
    const { status, json } = await answerTo(sent);
    expect(status).toBe(415);
    expect(json.detail).toContain('application/pdf');
    expect(json.errors).toEqual([{ path: 'body', message: 'is application/pdf, must be video/*' }]);
  });

  it('a video of another kind than those that are accepted: 415 that names them, and nothing of it stays', async () => {
    const key = newKey();
    const refused = await storage.put(key, video(5 * MiB), '?accept=video/webm,video/quicktime');
    expect([refused.status, refused.json.errors]).toEqual([
      415,
      [{ path: 'body', message: 'is video/mp4, must be video/webm or video/quicktime' }],
    ]);
    expect(await storage.everything()).not.toContain(key);
    expect((await storage.put(key, video(MiB), '?accept=video/webm,video/mp4')).status).toBe(201);
  });

  it('nothing at all where a video is wanted: 415', async () => {
    const { status, json } = await storage.put(newKey(), Buffer.alloc(0), '?accept=video/*');
    expect([status, json.errors[0].message]).toEqual([415, 'is empty, must be video/*']);
  });

  it('a key that is taken, other bytes: 409, and the object stays', async () => {
    const key = newKey();
    const bytes = video(MiB);
    await storage.put(key, bytes);
    for (const other of [video(MiB), video(1000)]) {
      const { status, json } = await storage.put(key, other);
      expect([status, json.errors[0].path]).toEqual([409, 'key']);
    }
    expect((await storage.get(key)).body.equals(bytes)).toBe(true);
  });

  it('a key that is taken, another length: 409 before the body is sent', async () => {
    const key = newKey();
    await storage.put(key, video(1000));
    const sent = await storage.begin('PUT', `/internal/objects/${key}`, { 'content-length': 2 ** 30 });
    sent.write('a');
    expect((await answerTo(sent)).status).toBe(409);
  });

  it('the same bytes again: 201 with the object that is there, and nothing is staged', async () => {
    const key = newKey();
    const bytes = video(MiB);
    const first = await storage.put(key, bytes);
    storage.link.requests.length = 0;
    const again = await storage.put(key, bytes);
    expect([again.status, again.json]).toEqual([201, first.json]);
    expect(storage.link.requests.filter((line) => line.startsWith('PUT'))).toEqual([]);
  });

  it('several at once under one key: one of them wins whole, the others get 409', async () => {
    const key = newKey();
    const bodies = Array.from({ length: 4 }, (_, i) => video(9 * MiB + i));
    const answers = await Promise.all(bodies.map((body) => storage.put(key, body)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
    const winner = bodies[answers.findIndex(({ status }) => status === 201)];
    expect((await storage.get(key)).body.equals(winner as Buffer)).toBe(true);
  });

  it('several at once with the same bytes: all get the one object', async () => {
    const key = newKey();
    const bytes = video(9 * MiB);
    const answers = await Promise.all([0, 1, 2].map(() => storage.put(key, bytes)));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect((await storage.get(key)).body.equals(bytes)).toBe(true);
  });

  it.each([
    ['a segment that leads up', 'videos/../secrets'],
    ['the same, encoded', 'videos/%2e%2e/secrets'],
    ['a slash inside of a segment', 'videos/a%2Fb'],
    ['an empty segment', 'videos//a'],
    ['no last segment', 'videos/a/'],
    ['NUL', 'videos/a%00b'],
    ['a line break', 'videos/a%0Ab'],
    ['a backslash', 'videos/a%5Cb'],
    ['a space', 'videos/a%20b'],
    ['a hidden name', 'videos/.a'],
    ['too much', `videos/${'a'.repeat(5000)}`],
    ['letters of other alphabets', 'videos/%C3%A9'],
    ['what is no UTF-8', 'videos/%ff'],
  ])('a key with %s: 400', async (_, key) => {
    for (const method of ['PUT', 'GET']) {
      const { status, headers, json } = await storage.ask(method, `/internal/objects/${key}`);
      expect([status, headers['content-type']]).toEqual([400, 'application/problem+json']);
      expect(json.errors?.[0]?.path).toMatch(/^(key|path)$/);
    }
  });

  it('unknown parameters, and a type that is none: 400 that names them', async () => {
    for (const [query, path] of [
      ['?acept=video/*', 'acept'],
      ['?accept=/', 'accept'],
      ['?accept=video/mp4,', 'accept'],
      ['?accept=video', 'accept'],
    ] as const) {
      const { status, json } = await storage.put(newKey(), video(16), query);
      expect([status, json.errors[0].path]).toEqual([400, path]);
    }
  });

  it('a range without its star, as versions before this one send it: it means the same', async () => {
    expect((await storage.put(newKey(), video(16), '?accept=video/')).status).toBe(201);
    expect((await storage.put(newKey(), Buffer.from('no video at all'), '?accept=video/')).status).toBe(415);
  });

  it('an internal address: 401 without an identity, 403 for a viewer, 405 for what it does not do', async () => {
    const { url } = storage.service;
    for (const [method, path] of [
      ['PUT', '/internal/objects/videos/1/x'],
      ['GET', '/internal/objects/videos/1/x'],
      ['HEAD', '/internal/objects/videos/1/x'],
      ['GET', '/internal/objects'],
      ['DELETE', '/internal/objects?prefix=videos/1/'],
    ] as const) {
      expect((await fetch(url + path, { method })).status).toBe(401);
      expect((await fetch(url + path, { method, headers: await storage.headers('viewer') })).status).toBe(403);
    }
    const posted = await storage.ask('POST', '/internal/objects/videos/1/x');
    expect([posted.status, posted.headers.allow]).toEqual([405, expect.stringContaining('PUT')]);
  });
});

describe('an upload that breaks off', () => {
  let storage: Storage;
  beforeEach(async () => {
    storage = await createStorage({ overrides: { azure: { shortMs: 1000, longMs: 1500 } } });
  });
  afterEach(() => storage.close());

  /** Sends the beginning of a body, and waits until blocks of it are at the store. */
  async function partly(key: string, headers: Record<string, string | number>) {
    const staged = new Promise<void>((resolve) => storage.link.onRequest('comp=block&', resolve));
    const sent = await storage.begin('PUT', `/internal/objects/${key}`, headers);
    const bytes = video(9 * MiB);
    sent.write(bytes);
    await staged;
    return sent;
  }

  it.each([
    ['with a declared length', { 'content-length': 20 * MiB }],
    ['in chunks', { 'transfer-encoding': 'chunked' }],
  ])('%s: no object, and nothing is left at the store', async (_, headers) => {
    const key = newKey();
    const sent = await partly(key, headers);
    await eventually(storage.everything, (names) => names.length === 1);
    sent.destroy();
    await eventually(storage.everything, (names) => names.length === 0);
    expect((await storage.get(key)).status).toBe(404);
  });

  it('by closing its half of the connection in the middle of a chunked body: the same', async () => {
    const key = newKey();
    const sent = await partly(key, { 'transfer-encoding': 'chunked' });
    await eventually(storage.everything, (names) => names.length === 1);
    sent.socket?.end();
    await eventually(storage.everything, (names) => names.length === 0);
    expect((await storage.get(key)).status).toBe(404);
  });

  it('beside another one of the same key: that one ends whole', async () => {
    const key = newKey();
    const bytes = video(9 * MiB);
    const other = await storage.begin('PUT', `/internal/objects/${key}`, { 'content-length': bytes.length });
    const staged = new Promise<void>((resolve) => storage.link.onRequest('comp=block&', resolve));
    other.write(bytes.subarray(0, 8 * MiB));
    await staged;
    const cut = await partly(key, { 'content-length': 20 * MiB });
    cut.destroy();
    await eventually(
      () => storage.lines.some(({ complete }) => complete === false),
      (isOver) => isOver,
    );
    other.end(bytes.subarray(8 * MiB));
    expect((await answerTo(other)).status).toBe(201);
    expect((await storage.get(key)).body.equals(bytes)).toBe(true);
  });

  it('the store goes away in the middle: 503 that says when to try again; it works when the store is back', async () => {
    const key = newKey();
    const sent = await partly(key, { 'content-length': 20 * MiB });
    storage.link.cut();
    sent.write(video(5 * MiB));
    const { status, headers, json } = await answerTo(sent);
    expect([status, headers['content-type']]).toEqual([503, 'application/problem+json']);
    expect(headers['retry-after']).toBeDefined();
    expect(JSON.stringify(json)).not.toMatch(/127\.0\.0\.1|azure|ECONN/i);
    storage.link.mend();
    const bytes = video(9 * MiB);
    expect((await storage.put(key, bytes)).status).toBe(201);
    expect((await storage.get(key)).body.equals(bytes)).toBe(true);
  });

  it('the store hangs: 503 in bounded time', async () => {
    const sent = await partly(newKey(), { 'content-length': 20 * MiB });
    storage.link.freeze();
    sent.write(video(5 * MiB));
    expect((await answerTo(sent)).status).toBe(503);
    storage.link.mend();
  });

  it('the store is away before it begins: 503 before the body is sent', async () => {
    storage.link.cut();
    const sent = await storage.begin('PUT', `/internal/objects/${newKey()}`, { 'content-length': 2 ** 30 });
    sent.write(video(1000));
    expect((await answerTo(sent)).status).toBe(503);
  });

  it('a block is damaged on its way to the store: no object', async () => {
    storage.link.damage(1);
    const key = newKey();
    const { status } = await storage.put(key, video(5 * MiB));
    expect(status).toBe(503);
    expect((await storage.get(key)).status).toBe(404);
    expect(await storage.everything()).toEqual([]);
  });

  it('the answer to the commit gets lost: the object is there, and 201 says so', async () => {
    const key = newKey();
    const bytes = video(5 * MiB);
    // The store commits and its answer breaks off; the repeated commit then finds the key taken.
    storage.link.loseAnswerTo('comp=blocklist');
    expect((await storage.put(key, bytes)).status).toBe(201);
    expect((await storage.get(key)).body.equals(bytes)).toBe(true);
  });

  it('the prefix is removed in the middle: 503, and nothing is left', async () => {
    const key = newKey();
    const bytes = video(9 * MiB);
    const sent = await storage.begin('PUT', `/internal/objects/${key}`, { 'content-length': bytes.length });
    sent.write(bytes.subarray(0, 8 * MiB));
    await eventually(storage.everything, (names) => names.length === 1);
    await eventually(
      () => storage.link.requests.filter((line) => line.includes('comp=block&')).length,
      (count) => count === 2,
    );
    await storage.ask('DELETE', `/internal/objects?prefix=${key.replace('source', '')}`);
    sent.end(bytes.subarray(8 * MiB));
    expect((await answerTo(sent)).status).toBe(503);
    expect(await storage.everything()).toEqual([]);
  });
});
