import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type Answer,
  answerTo,
  createStorage,
  eventually,
  MiB,
  type Storage,
  sha256,
  video,
} from './support/storage.ts';

let keys = 0;
const newKey = () => {
  keys += 1;
  return `videos/block-${keys}/source`;
};
const idOf = (name: string) => createHash('sha1').update(name).digest('hex');

describe('/internal/blocks/*key', () => {
  let storage: Storage;
  beforeAll(async () => {
    storage = await createStorage();
  });
  afterAll(() => storage.close());

  const put = (key: string, name: string, body: Buffer, query = '') =>
    storage.ask('PUT', `/internal/blocks/${key}?block=${idOf(name)}${query}`, { body });

  function commit(key: string, names: string[], bytes: Buffer, changed: Record<string, unknown> = {}): Promise<Answer> {
    const list = { blocks: names.map(idOf), sizeBytes: bytes.length, sha256: sha256(bytes), contentType: 'video/mp4' };
    const body = Buffer.from(JSON.stringify({ ...list, ...changed }));
    return storage.ask('POST', `/internal/blocks/${key}`, { headers: { 'content-type': 'application/json' }, body });
  }

  it('blocks of all sizes, staged in any order: the object is they in the order of the list', async () => {
    const key = newKey();
    const bytes = video(4 * MiB + 70_001);
    const parts = [
      bytes.subarray(0, 70_000),
      bytes.subarray(70_000, 70_000 + 4 * MiB),
      bytes.subarray(70_000 + 4 * MiB),
    ];
    for (const index of [2, 0, 1]) {
      const part = parts[index] as Buffer;
      const answer = await put(key, `${key} ${index}`, part, index === 0 ? '&accept=video/*' : '');
      expect(answer.status).toBe(201);
      expect(answer.json).toEqual({
        sizeBytes: part.length,
        crc32: crc32(part),
        contentType: index === 0 ? 'video/mp4' : null,
      });
    }
    expect((await storage.get(key)).status).toBe(404);
    const names = [0, 1, 2].map((index) => `${key} ${index}`);
    const answer = await commit(key, names, bytes);
    const facts = { key, sizeBytes: bytes.length, sha256: sha256(bytes), contentType: 'video/mp4' };
    expect(answer).toMatchObject({ status: 201, json: { ...facts, etag: `"${facts.sha256}"` } });
    const read = await storage.get(key);
    expect(read.body.equals(bytes)).toBe(true);
    expect(read.headers).toMatchObject({ etag: `"${facts.sha256}"`, 'content-type': 'video/mp4' });
  });

  it('a block of the same id: replaces the first; one that is not named: is let go of', async () => {
    const key = newKey();
    await put(key, 'same', video(1_000));
    const bytes = video(2_000);
    await put(key, 'same', bytes);
    await put(key, 'other', video(3_000));
    expect((await commit(key, ['same'], bytes)).status).toBe(201);
    expect((await storage.get(key)).body.equals(bytes)).toBe(true);
  });

  it('committed again, and by several at the same time: the same answer; other bytes: 409', async () => {
    const key = newKey();
    const bytes = video(100_000);
    await put(key, key, bytes);
    const answers = await Promise.all(Array.from({ length: 5 }, () => commit(key, [key], bytes)));
    expect(answers.map(({ status }) => status)).toEqual(Array(5).fill(201));
    expect((await commit(key, [key], bytes)).json).toMatchObject({ sha256: sha256(bytes) });
    const others = video(100_000);
    await put(key, 'others', others);
    const refused = await commit(key, ['others'], others);
    expect(refused.status).toBe(409);
    expect((await storage.get(key)).body.equals(bytes)).toBe(true);
  });

  it('what is no video, said with the first block: 415 before its end, and nothing is staged', async () => {
    const key = newKey();
    const path = `/internal/blocks/${key}?block=${idOf('a')}&accept=video/*`;
    const sent = await storage.begin('PUT', path, { 'transfer-encoding': 'chunked' });
    sent.write(Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(10_000, 32)]));
    expect((await answerTo(sent)).status).toBe(415);
    sent.destroy();
    const short = await put(key, 'b', Buffer.from('%PDF-1.7\n'), '&accept=video/*');
    expect(short.status).toBe(415);
    expect((await storage.everything()).filter((name) => name === key)).toEqual([]);
  });

  it('a video of another kind than those that are accepted, said with the first block: 415, and nothing is staged', async () => {
    const key = newKey();
    const refused = await put(key, 'a', video(10_000), '&accept=video/webm,video/quicktime');
    expect([refused.status, refused.json.errors]).toEqual([
      415,
      [{ path: 'body', message: 'is video/mp4, must be video/webm or video/quicktime' }],
    ]);
    expect((await storage.everything()).filter((name) => name === key)).toEqual([]);
    expect((await put(key, 'a', video(10_000), '&accept=video/webm,video/mp4')).status).toBe(201);
  });

  it.each([
    ['no bytes', 0, 400],
    ['more than 4 MiB', 4 * MiB + 1, 413],
  ])('a block of %s: refused, nothing is staged', async (_, size, status) => {
    const key = newKey();
    expect((await put(key, 'a', Buffer.alloc(size))).status).toBe(status);
    expect((await storage.everything()).filter((name) => name === key)).toEqual([]);
  });

  it('a block whose sender is gone: nothing of it is staged', async () => {
    const key = newKey();
    const sent = await storage.begin('PUT', `/internal/blocks/${key}?block=${idOf('a')}`, {
      'content-length': 1_000_000,
    });
    await new Promise((resolve) => sent.write(video(500_000), resolve));
    sent.destroy();
    await new Promise((resolve) => sent.once('close', resolve));
    expect((await commit(key, ['a'], video(1_000_000))).status).toBe(410);
    expect((await storage.everything()).filter((name) => name === key)).toEqual([]);
  });

  it('blocks that are not there, or have been removed: 410; that have another size: 400; nothing is made', async () => {
    const key = newKey();
    const bytes = video(10_000);
    expect((await commit(key, ['never'], bytes)).status).toBe(410);
    await put(key, 'a', bytes);
    expect((await commit(key, ['a', 'b'], bytes)).status).toBe(410);
    expect((await commit(key, ['a'], bytes, { sizeBytes: 9_999 })).status).toBe(400);
    expect((await storage.get(key)).status).toBe(404);
    await storage.ask('DELETE', `/internal/objects?prefix=${key.replace('source', '')}`);
    expect(await storage.everything()).not.toContain(key);
    expect((await commit(key, ['a'], bytes)).status).toBe(410);
  });

  it('the store breaks in the middle of it: 503, and the same again is stored', async () => {
    const key = newKey();
    const bytes = video(100_000);
    storage.link.onRequest('comp=block&', () => storage.link.cut());
    const broken = put(key, 'a', bytes);
    expect((await broken).status).toBe(503);
    storage.link.mend();
    await eventually(
      async () => (await put(key, 'a', bytes)).status,
      (status) => status === 201,
    );
    storage.link.loseAnswerTo('comp=blocklist');
    const first = await commit(key, ['a'], bytes);
    expect([201, 503]).toContain(first.status);
    expect((await commit(key, ['a'], bytes)).status).toBe(201);
    expect((await storage.get(key)).body.equals(bytes)).toBe(true);
  });

  it.each([
    ['PUT', '?block=xyz', 'block'],
    ['PUT', '', 'block'],
    ['PUT', `?block=${idOf('a')}&accept=*`, 'accept'],
    ['PUT', `?block=${idOf('a')}&accept=video/mp4,`, 'accept'],
    ['PUT', `?block=${idOf('a')}&colour=red`, 'colour'],
  ])('%s with %s: 400 that names it', async (method, query, field) => {
    const answer = await storage.ask(method, `/internal/blocks/${newKey()}${query}`, { body: video(100) });
    expect(answer).toMatchObject({ status: 400, json: { errors: [{ path: field }] } });
  });

  it.each([{ blocks: [] }, { blocks: ['x'] }, { sha256: 'x' }, { sizeBytes: 0 }, { contentType: 'video' }])(
    'a list with %j: 400',
    async (changed) => {
      expect((await commit(newKey(), ['a'], video(100), changed)).status).toBe(400);
    },
  );

  it('a viewer: 403', async () => {
    const headers = await storage.headers('viewer');
    for (const method of ['PUT', 'POST'])
      expect((await storage.ask(method, `/internal/blocks/${newKey()}`, { headers })).status).toBe(403);
  });
});
