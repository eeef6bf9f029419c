import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createStorage, eventually, type Storage, sha256, video } from './support/storage.ts';

const block = Buffer.from('0'.repeat(20)).toString('base64');

describe('DELETE /internal/objects?prefix=', () => {
  let storage: Storage;
  beforeEach(async () => {
    storage = await createStorage();
  });
  afterEach(() => storage.close());

  const remove = (prefix: string) => storage.ask('DELETE', `/internal/objects?prefix=${prefix}`);

  it('removes everything in the folder, what is only staged included, and nothing else', async () => {
    await storage.put('videos/a/source', video(1000));
    await storage.put('videos/a/hls/1.m4s', video(1000));
    await storage.put('videos/ab/source', video(1000));
    await storage.container.getBlockBlobClient('videos/a/staged').stageBlock(block, 'abc', 3);
    await storage.container.getBlockBlobClient('videos/a/foreign').upload('abc', 3);

    const { status, json } = await remove('videos/a/');

    expect([status, json]).toEqual([200, { deleted: 4 }]);
    expect(await storage.everything()).toEqual(['videos/ab/source']);
    expect((await storage.get('videos/a/source')).status).toBe(404);
    expect((await remove('videos/a/')).json).toEqual({ deleted: 0 });
  });

  it('removes more than a page', async () => {
    const names = Array.from({ length: 620 }, (_, i) => `videos/many/${i}`);
    for (let at = 0; at < names.length; at += 31) {
      await Promise.all(
        names.slice(at, at + 31).map((name) => storage.container.getBlockBlobClient(name).upload('a', 1)),
      );
    }
    expect((await remove('videos/many/')).json).toEqual({ deleted: 620 });
    expect(await storage.everything()).toEqual([]);
  });

  it('an object that was just read is gone for readers, too', async () => {
    await storage.put('videos/a/source', video(1000));
    await storage.get('videos/a/source');
    await remove('videos/a/');
    for (const method of ['GET', 'HEAD']) {
      expect((await storage.ask(method, '/internal/objects/videos/a/source')).status).toBe(404);
    }
  });

  it.each([
    '',
    '/',
    'videos',
    'videos/',
    'videos/a',
    '../',
    'videos/../',
    'videos//',
    '/videos/a/',
    'videos/a/%00/',
    '*/*/',
  ])('the prefix "%s": 400 that names it, and nothing is removed', async (prefix) => {
    await storage.put('videos/a/source', video(1000));
    const { status, json } = await remove(prefix);
    expect([status, json.errors[0].path]).toEqual([400, 'prefix']);
    expect(await storage.everything()).toHaveLength(1);
  });

  it('no prefix, or another parameter: 400 that names it', async () => {
    expect((await storage.ask('DELETE', '/internal/objects')).json.errors[0].path).toBe('prefix');
    expect((await storage.ask('DELETE', '/internal/objects?prefix=a/b/&all=1')).json.errors[0].path).toBe('all');
  });

  it('the store is away: 503', async () => {
    storage.link.cut();
    expect((await remove('videos/a/')).status).toBe(503);
  });
});

describe('video.deleted', () => {
  let storage: Storage;
  const videoId = '0199b1f2-8c3a-7d44-9a51-3f0f6c6a1b2e';
  const event = {
    specversion: '1.0',
    id: '0199b1f2-8c3a-7d44-9a51-3f0f6c6a1b2f',
    source: 'metadata',
    type: 'video.deleted',
    time: '2026-01-02T03:04:05.678Z',
    subject: videoId,
    datacontenttype: 'application/json',
    data: { videoId, ownerId: '0199b1f2-8c3a-7d44-9a51-3f0f6c6a1b30' },
  };
  beforeEach(async () => {
    storage = await createStorage();
    await storage.put(`videos/${videoId}/source`, video(1000));
    await storage.put('videos/other/source', video(1000));
  });
  afterEach(() => storage.close());

  const isGone = (names: string[]) => !names.some((name) => name.includes(videoId));

  it('removes all files of that video and no other, and does no harm twice', async () => {
    await storage.probe.publish(event);
    await eventually(storage.everything, isGone);
    await storage.probe.publish(event);
    await storage.put(`videos/${videoId}/source`, video(2000));
    await storage.probe.publish(event);
    await eventually(storage.everything, isGone);
    expect(await storage.everything()).toEqual(['videos/other/source']);
    expect(storage.probe.deadLetters()).toEqual([]);
  });

  it('while the store is away: waits, and removes them when it is back', async () => {
    storage.link.cut();
    const tried = eventually(
      () => storage.lines.some(({ msg, level }) => level === 'warn' && /retr|again|fail/i.test(String(msg))),
      (isTried) => isTried,
    );
    await storage.probe.publish(event);
    await tried;
    storage.link.mend();
    await eventually(storage.everything, isGone, 20_000);
    expect(storage.probe.deadLetters()).toEqual([]);
  });

  it('of what is no video id: to the dead letters, and nothing is removed', async () => {
    await storage.probe.publish({ ...event, data: { ...event.data, videoId: '..' } } as never);
    await storage.probe.nextDeadLetter();
    expect(await storage.everything()).toHaveLength(2);
  });
});

describe('GET /internal/objects', () => {
  let storage: Storage;
  const bytes = video(100);
  const keys = Array.from({ length: 7 }, (_, i) => `videos/${i}/source`);
  beforeAll(async () => {
    storage = await createStorage();
    for (const key of keys) await storage.put(key, bytes);
    await storage.put('posters/1', bytes);
    await storage.container.getBlockBlobClient('videos/3/staged').stageBlock(block, 'abc', 3);
  });
  afterAll(() => storage.close());

  const list = (query: string) => storage.ask('GET', `/internal/objects${query}`);

  it('gives what is stored whole, in the order of the keys', async () => {
    const { status, json } = await list('?prefix=videos/');
    expect(status).toBe(200);
    expect(json.items.map(({ key }: { key: string }) => key)).toEqual(keys);
    expect(json.items[0]).toEqual({
      key: keys[0],
      sizeBytes: 100,
      etag: `"${sha256(bytes)}"`,
      lastModified: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    });
    expect(json.nextCursor).toBeNull();
    expect((await list('')).json.items).toHaveLength(8);
    expect((await list('?prefix=videos/6')).json.items).toHaveLength(1);
  });

  it('in pages that are complete and do not repeat', async () => {
    const found: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const { json } = await list(`?prefix=videos/&limit=3${cursor && `&cursor=${cursor}`}`);
      found.push(...json.items.map(({ key }: { key: string }) => key));
      cursor = json.nextCursor;
    }
    expect(found).toEqual(keys);
  });

  it('wrong parameters: 400 that names them', async () => {
    const { json } = await list('?prefix=videos/&limit=1');
    for (const [query, path] of [
      [`?prefix=posters/&cursor=${json.nextCursor}`, 'cursor'],
      ['?cursor=abc', 'cursor'],
      ['?limit=0', 'limit'],
      ['?limit=101', 'limit'],
      ['?limit=ten', 'limit'],
      ['?prefix=../', 'prefix'],
      ['?order=size', 'order'],
    ] as const) {
      const answer = await list(query);
      expect([query, answer.status, answer.json.errors[0].path]).toEqual([query, 400, path]);
    }
  });
});

describe('video-storage beside a store that comes late', () => {
  it('is alive and not ready, makes the container when the store is there, and says when it goes again', async () => {
    const storage = await createStorage({ cut: true, env: { AZURE_STORAGE_CONTAINER: `late-${Date.now()}` } });
    const ready = async () => (await storage.ask('GET', '/health/ready')).json;
    expect((await fetch(`${storage.service.url}/health/live`)).status).toBe(200);
    expect((await ready()).checks['azure-blob'].ok).toBe(false);
    expect((await storage.put('videos/a/source', video(100))).status).toBe(503);

    storage.link.mend();
    await eventually(ready, ({ status }) => status === 'ready');
    expect((await storage.put('videos/a/source', video(100))).status).toBe(201);

    storage.link.cut();
    const report = await ready();
    expect(report.checks['azure-blob']).toEqual({ ok: false, detail: expect.any(String) });
    expect(JSON.stringify(report)).not.toMatch(/127\.0\.0\.1|ECONN/);
    storage.link.mend();
    await eventually(ready, ({ status }) => status === 'ready');
    await storage.container.deleteIfExists();
    await storage.close();
  });
});
