import { newId } from '@flixtube/chassis/ids';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { problem } from './support/fakes.ts';
import { type HlsStreaming, processingId, startHlsStreaming } from './support/hls-streaming.ts';

describe('with STREAM_DELIVERY=redirect', () => {
  let hls: HlsStreaming;
  beforeAll(async () => {
    hls = await startHlsStreaming({ STREAM_DELIVERY: 'redirect' });
  }, 60_000);
  afterAll(() => hls.streaming.stop());

  const objects = () => hls.streaming.storage.requests.filter(({ url }) => url?.startsWith('/internal/objects/'));

  it('when bytes are asked for, then it answers with the address of their object, and reads nothing of it', async () => {
    const video = hls.add();
    await hls.ask(`${video.id}/hls/main.m3u8`);
    const before = objects().length;
    const of = `videos/${video.id}`;
    const made = `${of}/hls/${processingId}`;
    const places: [path: string, key: string][] = [
      ['file', `${of}/source`],
      ['poster.jpg', `${made}/poster`],
      [`storyboard/${processingId}/0.jpg`, `${made}/sprite`],
      [`hls/${processingId}/180p/object-init.mp4`, `${made}/180p/init`],
      [`hls/${processingId}/180p/object-0.mp4`, `${made}/180p/0`],
      [`hls/${processingId}/audio-0/object-0.mp4`, `${made}/audio-0/0`],
    ];
    for (const [path, key] of places) {
      for (const method of ['GET', 'HEAD']) {
        const { status, headers, body } = await hls.ask(`${video.id}/${path}`, {
          method,
          headers: { range: 'bytes=0-9' },
        });
        expect([path, status, body.length]).toEqual([path, 302, 0]);
        expect(headers.get('location')).toBe(`https://cdn.example/videos/${key}?sharing=public&sig=secret`);
        expect(headers.get('cache-control')).toBe('no-store');
        expect(headers.get('referrer-policy')).toBe('no-referrer');
      }
    }
    expect(objects().length).toBe(before);
  });

  it('when a playlist is asked for, then it names ranges of objects that hold just the segments', async () => {
    const { id } = hls.add();
    const text = (await hls.ask(`${id}/hls/180p.m3u8`)).body.toString();
    expect(text).toContain(`#EXT-X-MAP:URI="${processingId}/180p/object-init.mp4",BYTERANGE="`);
    const ranges = [...text.matchAll(/#EXT-X-BYTERANGE:(\d+)@(\d+)\n(.*)\n/g)].map(([, length, start, url]) => ({
      length: Number(length),
      start: Number(start),
      url,
    }));
    const segments = hls.made.manifest.video[1]?.parts[0]?.segments ?? [];
    expect(ranges).toEqual(
      segments.map(({ start, length }) => ({ start, length, url: `${processingId}/180p/object-0.mp4` })),
    );
    const frames = (await hls.ask(`${id}/hls/180p-iframes.m3u8`)).body.toString();
    const [first] = segments.slice(1);
    expect(frames).toContain(`#EXT-X-BYTERANGE:${first?.keyframes[0]?.length}@${first?.keyframes[0]?.start}\n`);
    expect(text).not.toMatch(/sig=|\.m4s/);
  });

  it('when a player still has a playlist of before, then its segments come as they did', async () => {
    const { id } = hls.add();
    const { status, body } = await hls.ask(`${id}/hls/${processingId}/180p/0.m4s`);
    expect([status, body.length]).toEqual([200, hls.made.manifest.video[1]?.parts[0]?.segments[0]?.length]);
  });

  it('when the video is private, then its owner gets an address that no shared cache keeps, and others get none', async () => {
    const ownerId = newId();
    const { id } = hls.add({ visibility: 'private', ownerId });
    const own = await hls.ask(`${id}/hls/${processingId}/180p/object-0.mp4`, { viewer: ownerId });
    expect([own.status, own.headers.get('location')]).toEqual([302, expect.stringContaining('sharing=private')]);
    for (const path of ['file', 'poster.jpg', `hls/${processingId}/180p/object-0.mp4`]) {
      const others = await hls.ask(`${id}/${path}`);
      expect([path, others.status, others.headers.get('location')]).toEqual([path, 404, null]);
    }
  });

  it('when no such object belongs to the video, then 404; when none can be signed, then 503 and nothing by another way', async () => {
    const { id } = hls.add();
    for (const name of ['180p/object-1.mp4', '180p/object-00.mp4', '999p/object-0.mp4', '180p/object-x.mp4']) {
      expect([name, (await hls.ask(`${id}/hls/${processingId}/${name}`)).status]).toEqual([name, 404]);
    }
    hls.streaming.storage.instead = (_req, res) => problem(res, 503);
    expect((await hls.ask(`${id}/file`)).status).toBe(503);
    hls.streaming.storage.instead = undefined;
  });
});
