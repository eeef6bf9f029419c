import type { Session } from '@flixtube/contracts/http/session';
import { type Video, video } from '@flixtube/contracts/http/video';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { clip, sha256 } from '../../src/clips.ts';
import { eventually } from '../../src/eventually.ts';
import { systemUrl } from '../../src/system.ts';
import { inShort, json, Viewer } from '../../src/viewer.ts';

describe('upload and watch', () => {
  const publisher = new Viewer(systemUrl());
  let bytes: Uint8Array<ArrayBuffer>;
  let uploaded: Video;

  beforeAll(async () => {
    bytes = await clip(6);
    const answer = await publisher.upload(bytes, 'Überraschung im Café', 'Ein kurzer Film');
    expect(inShort(answer)).toBe('201');
    expect(answer.headers.get('location')).toBe(`/api/videos/${answer.body.id}`);
    uploaded = answer.body;
  });

  it('when an upload is answered, then the video has the shape of the contract', () => {
    expect(video.strict().parse(uploaded)).toMatchObject({
      title: 'Überraschung im Café',
      description: 'Ein kurzer Film',
      visibility: 'public',
      status: 'processing',
      failure: null,
      sizeBytes: bytes.byteLength,
      contentType: 'video/mp4',
      viewCount: 0,
      links: {
        file: `/api/videos/${uploaded.id}/file`,
        hls: null,
        poster: null,
        storyboard: null,
        captions: [],
        chapters: null,
      },
    });
  });

  it('when Location is followed at once, then the video is there and the same', async () => {
    const answer = await publisher.ask(`/api/videos/${uploaded.id}`);
    expect(inShort(answer)).toBe('200');
    expect(answer.body).toEqual(uploaded);
  });

  it('when anyone fetches its file, then the bytes are those that were uploaded', async () => {
    const answer = await new Viewer(systemUrl()).ask<Uint8Array>(uploaded.links.file);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('video/mp4');
    expect(answer.headers.get('accept-ranges')).toBe('bytes');
    expect(sha256(answer.body)).toBe(sha256(bytes));
  });

  it('when a range is asked for, then just that part comes, and If-Range keeps versions apart', async () => {
    const whole = await publisher.ask<Uint8Array>(uploaded.links.file, { method: 'HEAD' });
    const etag = whole.headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[^"]+"$/);
    const part = await publisher.ask<Uint8Array>(uploaded.links.file, {
      headers: { range: 'bytes=1000-1999', 'if-range': etag },
    });
    expect(part.status).toBe(206);
    expect(part.headers.get('content-range')).toBe(`bytes 1000-1999/${bytes.byteLength}`);
    expect(sha256(part.body)).toBe(sha256(bytes.subarray(1000, 2000)));
    const other = await publisher.ask<Uint8Array>(uploaded.links.file, {
      headers: { range: 'bytes=0-9', 'if-range': '"other"' },
    });
    expect(other.status).toBe(200);
    const unchanged = await publisher.ask(uploaded.links.file, { headers: { 'if-none-match': etag } });
    expect(unchanged.status).toBe(304);
    const beyond = await publisher.ask(uploaded.links.file, { headers: { range: `bytes=${bytes.byteLength}-` } });
    expect(beyond.status).toBe(416);
    expect(beyond.headers.get('content-range')).toBe(`bytes */${bytes.byteLength}`);
  });

  it('when it is searched by a folded prefix, then it is found', async () => {
    for (const query of ['uberrasch', 'CAFE', 'kurz film']) {
      const { body } = await publisher.list({ query });
      expect(body.items.map((item) => item.id)).toContain(uploaded.id);
    }
    expect((await publisher.list({ query: 'uberrasch nirgends' })).body.items).toEqual([]);
  });

  it('when someone else changes or deletes it, then they are refused with 403', async () => {
    const stranger = new Viewer(systemUrl());
    const etag = (await stranger.ask(`/api/videos/${uploaded.id}`)).headers.get('etag') ?? '';
    const patch = await stranger.ask(
      `/api/videos/${uploaded.id}`,
      json('PATCH', { title: 'Mine' }, { 'if-match': etag }),
    );
    expect(inShort(patch)).toMatch(/^403/);
    const removal = await stranger.ask(`/api/videos/${uploaded.id}`, { method: 'DELETE' });
    expect(inShort(removal)).toMatch(/^403/);
  });

  it('when its owner changes it with a current If-Match, then it changes, and a stale one is refused', async () => {
    const etag = (await publisher.ask(`/api/videos/${uploaded.id}`)).headers.get('etag') ?? '';
    const patched = await publisher.ask<Video>(
      `/api/videos/${uploaded.id}`,
      json('PATCH', { title: 'Neuer Titel' }, { 'if-match': etag }),
    );
    expect(inShort(patched)).toBe('200');
    expect(patched.body.title).toBe('Neuer Titel');
    const stale = await publisher.ask(
      `/api/videos/${uploaded.id}`,
      json('PATCH', { title: 'Zu spät' }, { 'if-match': etag }),
    );
    expect(inShort(stale)).toMatch(/^412/);
    const blind = await publisher.ask(`/api/videos/${uploaded.id}`, json('PATCH', { title: 'Blind' }));
    expect(inShort(blind)).toMatch(/^428/);
  });

  it('when it is made private, then it is gone for others at once and not for its owner', async () => {
    const stranger = new Viewer(systemUrl());
    expect((await stranger.ask(uploaded.links.file, { method: 'HEAD' })).status).toBe(200);
    const etag = (await publisher.ask(`/api/videos/${uploaded.id}`)).headers.get('etag') ?? '';
    await publisher.ask(`/api/videos/${uploaded.id}`, json('PATCH', { visibility: 'private' }, { 'if-match': etag }));
    expect((await stranger.ask(`/api/videos/${uploaded.id}`)).status).toBe(404);
    await eventually(
      () => stranger.ask(uploaded.links.file, { method: 'HEAD' }),
      (answer) => answer.status === 404,
      2,
    );
    expect((await publisher.ask(uploaded.links.file, { method: 'HEAD' })).status).toBe(200);
    expect((await stranger.list({ query: 'neuer titel' })).body.items).toEqual([]);
  });

  it('when its owner deletes it, then it is gone everywhere', async () => {
    expect((await publisher.ask(`/api/videos/${uploaded.id}`, { method: 'DELETE' })).status).toBe(204);
    expect((await publisher.ask(`/api/videos/${uploaded.id}`)).status).toBe(404);
    await eventually(
      () => publisher.ask(uploaded.links.file),
      (answer) => answer.status === 404,
      2,
    );
  });
});

describe('who is calling', () => {
  it('when a browser comes back with its cookie, then it is the same viewer; without, another', async () => {
    const viewer = new Viewer(systemUrl());
    const first = await viewer.ask<Session>('/api/session');
    const cookie = first.headers.getSetCookie().join();
    expect(cookie).toMatch(/HttpOnly/i);
    expect(cookie).toMatch(/SameSite=(Lax|Strict)/i);
    const again = await viewer.ask<Session>('/api/session');
    expect(again.body).toEqual({ viewerId: first.body.viewerId, user: null });
    const other = await new Viewer(systemUrl()).ask<Session>('/api/session');
    expect(other.body.viewerId).not.toBe(first.body.viewerId);
  });

  it('when a cookie is forged, then it gives nobody else’s identity', async () => {
    const viewer = new Viewer(systemUrl());
    const { body, headers } = await viewer.ask<Session>('/api/session');
    const [name = ''] = (headers.getSetCookie()[0] ?? '').split('=');
    const forged = await new Viewer(systemUrl()).ask<Session>('/api/session', {
      headers: { cookie: `${name}=${body.viewerId}.AAAA`, 'x-flixtube-identity': 'e30.e30.AAAA' },
    });
    expect(forged.status).toBe(200);
    expect(forged.body.viewerId).not.toBe(body.viewerId);
  });
});
