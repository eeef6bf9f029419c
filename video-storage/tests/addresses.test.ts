import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createStorage, eventually, type Storage, sha256, video } from './support/storage.ts';

const key = 'videos/1/source';
const page = 'https://flixtube.example';

describe('GET /internal/addresses/*key', () => {
  let storage: Storage;
  const bytes = video(100_000);
  beforeAll(async () => {
    storage = await createStorage({ env: { VIEWER_ORIGINS: page, ADDRESS_SECONDS: '600' } });
    await storage.put(key, bytes);
  });
  afterAll(() => storage.close());

  const addressOf = async (of: string, sharing = 'public', from = storage) => {
    const { status, json } = await from.ask('GET', `/internal/addresses/${of}?sharing=${sharing}`);
    expect(status).toBe(200);
    return json as { url: string; expiresAt: string };
  };

  it('reads the object from the store itself: whole, ranges, conditions, HEAD', async () => {
    const { url, expiresAt } = await addressOf(key);
    expect(Date.parse(expiresAt) - Date.now()).toBeGreaterThan(299_000);
    const whole = await fetch(url);
    expect(whole.status).toBe(200);
    expect(whole.headers.get('content-type')).toBe('video/mp4');
    expect(sha256(Buffer.from(await whole.arrayBuffer()))).toBe(sha256(bytes));
    const part = await fetch(url, { headers: { range: 'bytes=10-19' } });
    expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 10-19/${bytes.length}`]);
    expect(Buffer.from(await part.arrayBuffer()).equals(bytes.subarray(10, 20))).toBe(true);
    const etag = whole.headers.get('etag') as string;
    expect((await fetch(url, { headers: { 'if-none-match': etag } })).status).toBe(304);
    expect((await fetch(url, { method: 'HEAD' })).headers.get('content-length')).toBe(String(bytes.length));
  });

  it('lets its holder do nothing else: not write, not delete, not list, not read another object', async () => {
    await storage.put('videos/2/source', video(100));
    const { url } = await addressOf(key);
    const put = { method: 'PUT', headers: { 'x-ms-blob-type': 'BlockBlob' }, body: 'x' };
    expect((await fetch(url, put)).status).toBe(403);
    expect((await fetch(url, { method: 'DELETE' })).status).toBe(403);
    expect((await fetch(url.replace('/videos/1/source?', '?restype=container&comp=list&'))).status).toBe(403);
    expect((await fetch(url.replace('videos/1/', 'videos/2/'))).status).toBe(403);
    expect((await fetch(url.replace(/\?.*/, ''))).status).not.toBe(200);
    expect((await storage.get(key)).body.equals(bytes)).toBe(true);
  });

  it('says whose caches may keep the answer', async () => {
    const cacheOf = async (sharing: string) =>
      (await fetch((await addressOf(key, sharing)).url)).headers.get('cache-control');
    expect(await cacheOf('public')).toBe('public, max-age=300, immutable');
    expect(await cacheOf('private')).toBe('private, max-age=300, immutable');
  });

  it('is read by pages of the given origin, and of no other', async () => {
    const { url } = await addressOf(key);
    const from = async (origin: string) =>
      (await fetch(url, { headers: { origin, range: 'bytes=0-0' } })).headers.get('access-control-allow-origin');
    expect(await from(page)).toBe(page);
    expect(await from('https://elsewhere.example')).toBeNull();
  });

  it('when the object is deleted: nothing more, though the address has not ended', async () => {
    await storage.put('videos/3/source', video(100));
    const { url } = await addressOf('videos/3/source');
    expect((await fetch(url)).status).toBe(200);
    await storage.ask('DELETE', '/internal/objects?prefix=videos/3/');
    expect((await fetch(url)).status).toBe(404);
  });

  it('when its time is over: 403', async () => {
    const brief = await createStorage({ env: { ADDRESS_SECONDS: '2' } });
    await brief.put(key, bytes);
    const { url, expiresAt } = await addressOf(key, 'public', brief);
    expect((await fetch(url)).status).toBe(200);
    await eventually(
      async () => (await fetch(url)).status,
      (status) => status === 403,
    );
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(expiresAt) - 1_000);
    await brief.close();
  });

  it('is in no line of the log, and for services alone', async () => {
    const { url } = await addressOf(key);
    const signature = new URL(url).searchParams.get('sig') as string;
    const log = JSON.stringify(storage.lines);
    for (const form of [signature, encodeURIComponent(signature), 'sig=']) expect(log).not.toContain(form);
    const sent = await storage.ask('GET', `/internal/addresses/${key}?sharing=public`, {
      headers: await storage.headers('viewer'),
    });
    expect(sent.status).toBe(403);
  });

  it('when there is a CDN: under its address, with the same signature', async () => {
    const fronted = await createStorage({ env: { CDN_URL: 'https://cdn.example/' } });
    const { url } = await addressOf(key, 'public', fronted);
    expect(url).toMatch(/^https:\/\/cdn\.example\/[a-z0-9-]+\/videos\/1\/source\?.*sig=/);
    expect(new URL(url).searchParams.get('spr')).toBe('https');
    await fronted.close();
  });
});
