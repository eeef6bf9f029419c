import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { newId } from '@flixtube/chassis/ids';
import { newEvent } from '@flixtube/chassis/messaging';
import { videoChanged } from '@flixtube/contracts/events/video-changed';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { problem } from './support/fakes.ts';
import { type HlsStreaming, processingId, startHlsStreaming } from './support/hls-streaming.ts';
import { rawGet, type TestStreaming } from './support/streaming.ts';

const run = promisify(execFile);
const frames = 200;
let streaming: TestStreaming;
let made: HlsStreaming['made'];
let add: HlsStreaming['add'];
let ask: HlsStreaming['ask'];
let door: HlsStreaming['door'];

beforeAll(async () => {
  ({ streaming, made, add, ask, door } = await startHlsStreaming());
}, 60_000);
afterAll(() => streaming.stop());

describe('adaptive streaming', () => {
  it('when a player follows the playlists, then it decodes every rendition without one error, whole', async () => {
    const { id } = add();
    const { url, close } = await door();
    const main = `${url}/api/videos/${id}/hls/main.m3u8`;
    const { stderr } = await run('ffmpeg', ['-v', 'warning', '-i', main, '-map', '0', '-f', 'null', '-']);
    const count = ['-count_packets', '-show_entries', 'stream=codec_type,nb_read_packets', '-of', 'csv=p=0'];
    const { stdout } = await run('ffprobe', ['-v', 'error', '-show_entries', 'program=', ...count, main]);
    close();
    expect(stderr).toBe('');
    expect(stdout.split('\n').filter((line) => line === `video,${frames}`).length).toBeGreaterThanOrEqual(2);
  }, 60_000);

  it('when a playlist is asked for, then it can be kept by its validator and has to be asked for again', async () => {
    const { id } = add();
    const first = await ask(`${id}/hls/main.m3u8`);
    expect([first.status, first.headers.get('content-type'), first.headers.get('cache-control')]).toEqual([
      200,
      'application/vnd.apple.mpegurl',
      'public, no-cache',
    ]);
    const etag = first.headers.get('etag') as string;
    expect((await ask(`${id}/hls/main.m3u8`, { headers: { 'if-none-match': etag } })).status).toBe(304);
    expect((await ask(`${id}/hls/main.m3u8`, { method: 'HEAD' })).body).toHaveLength(0);
  });

  it('when a segment is asked for, then just its bytes come, for good, by ranges too', async () => {
    const { id } = add();
    const [, second] = made.manifest.video[1]?.parts[0]?.segments ?? [];
    const { start, length } = second as { start: number; length: number };
    const bytes = (made.objects.get('180p/0') as Buffer).subarray(start, start + length);
    const path = `${id}/hls/${processingId}/180p/1.m4s`;
    const whole = await ask(path);
    expect([whole.status, whole.headers.get('content-type')]).toEqual([200, 'video/mp4']);
    expect(whole.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(whole.body.equals(bytes)).toBe(true);
    const part = await ask(path, { headers: { range: 'bytes=10-19' } });
    expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 10-19/${length}`]);
    expect(part.body.equals(bytes.subarray(10, 20))).toBe(true);
    const init = await ask(`${id}/hls/${processingId}/audio-0/init.mp4`);
    expect([init.headers.get('content-type'), init.body.equals(made.objects.get('audio-0/init') as Buffer)]).toEqual([
      'audio/mp4',
      true,
    ]);
  });

  it('when pictures are asked for, then they come', async () => {
    const { id } = add();
    expect((await ask(`${id}/poster.jpg`)).body.toString()).toBe('a poster');
    expect((await ask(`${id}/storyboard.vtt`)).headers.get('content-type')).toBe('text/vtt; charset=utf-8');
    expect((await ask(`${id}/storyboard/${processingId}/0.jpg`)).body.toString()).toBe('a sprite');
  });

  it('when many ask at once for what nobody has asked for before, then the store is asked once', async () => {
    const { id } = add();
    const before = streaming.storage.requests.length;
    await Promise.all(Array.from({ length: 20 }, () => ask(`${id}/hls/main.m3u8`)));
    expect(streaming.storage.requests.length - before).toBe(1);
  });

  it('when it has grown, then the next answer tells, as soon as the catalogue has said so', async () => {
    const video = add({ manifest: { ...made.manifest, complete: false } });
    expect((await ask(`${video.id}/hls/180p.m3u8`)).body.toString()).not.toContain('ENDLIST');
    const grown = add();
    streaming.metadata.videos.set(video.id, { ...grown, id: video.id });
    const { id: videoId, ownerId } = video;
    const data = { videoId, ownerId, title: 'x', visibility: 'public' as const, durationSeconds: null };
    await streaming.probe.publish(newEvent(videoChanged, { source: 'metadata', subject: videoId, data }));
    await streaming.eventually(async () => (await ask(`${video.id}/hls/180p.m3u8`)).body.includes('ENDLIST'));
  });
});

describe('what cannot be streamed', () => {
  const paths = (p: string) => [
    'hls/main.m3u8',
    `hls/${p}/180p/0.m4s`,
    'poster.jpg',
    'storyboard.vtt',
    `storyboard/${p}/0.jpg`,
  ];

  it('when a video is private, then only its owner has anything of it, and no shared cache keeps it', async () => {
    const ownerId = newId();
    const { id } = add({ visibility: 'private', ownerId });
    for (const path of paths(processingId)) {
      expect([path, (await ask(`${id}/${path}`)).status]).toEqual([path, 404]);
      const own = await ask(`${id}/${path}`, { viewer: ownerId });
      expect([path, own.status, own.headers.get('cache-control')?.startsWith('private')]).toEqual([path, 200, true]);
    }
  });

  it('when nothing is there yet, or it is of an earlier processing, then it is 404', async () => {
    const { id } = streaming.add();
    for (const path of paths(processingId)) expect((await ask(`${id}/${path}`)).status).toBe(404);
    const other = add();
    for (const path of [
      `hls/${newId()}/180p/0.m4s`,
      `storyboard/${newId()}/0.jpg`,
      'hls/999p.m3u8',
      `hls/${processingId}/180p/99.m4s`,
    ]) {
      expect([path, (await ask(`${other.id}/${path}`)).status]).toEqual([path, 404]);
    }
  });

  it.each([
    ['hls/x', 'playlist'],
    ['hls/..%2Fmain.m3u8', 'playlist'],
    ['hls/main.m3u8?x=1', 'x'],
    ['hls/nonsense/180p/0.m4s', 'processingId'],
    [`hls/${processingId}/180p/a%20b`, 'file'],
    [`storyboard/${processingId}/x.jpg`, 'sprite'],
    [`storyboard/${processingId}/${'1'.repeat(5000)}.jpg`, 'sprite'],
  ])('when %s is asked for, then the answer names what is wrong', async (path, field) => {
    const { id } = add();
    const { status, body } = await ask(`${id}/${path}`);
    expect([status, JSON.parse(body.toString()).errors?.[0]?.path]).toEqual([400, field]);
  });

  it('when a manifest is no manifest, or gone, then that is said, and nothing inner', async () => {
    const video = add();
    streaming.storage.put(video.manifest as string, Buffer.from('{"no":"manifest"}'));
    const broken = await ask(`${video.id}/hls/main.m3u8`);
    expect(broken.status).toBe(502);
    expect(broken.body.toString()).not.toMatch(/zod|manifest"|invalid_type/);
    const other = add();
    const nowhere = { manifest: 'videos/gone', poster: { key: 'videos/gone', contentType: 'image/jpeg' } };
    streaming.metadata.videos.set(other.id, { ...other, ...nowhere });
    for (const path of ['hls/main.m3u8', `hls/${processingId}/180p/0.m4s`, 'poster.jpg']) {
      const gone = await ask(`${other.id}/${path}`);
      expect([path, gone.status, gone.headers.get('retry-after')]).toEqual([path, 503, '2']);
      expect(gone.body.toString()).not.toContain('videos/gone');
    }
  });

  it('when it was processed again, and that has not been heard of yet, then what is new is played at once', async () => {
    const old = add();
    expect((await ask(`${old.id}/poster.jpg`)).status).toBe(200);
    const again = add();
    streaming.metadata.videos.set(old.id, { ...again, id: old.id });
    for (const key of [old.manifest, old.poster?.key, old.storyboard?.vtt]) streaming.storage.remove(key as string);
    const playlist = await ask(`${old.id}/hls/main.m3u8`);
    expect([playlist.status, playlist.body.toString().startsWith('#EXTM3U')]).toEqual([200, true]);
  });

  it('when the store is away, then that is a 503 in words that name nothing inside, and it heals', async () => {
    const { id } = add();
    streaming.storage.instead = (_req, res) => problem(res, 503);
    try {
      for (const path of ['hls/main.m3u8', 'poster.jpg']) {
        const { status, body } = await ask(`${id}/${path}`);
        expect([path, status]).toEqual([path, 503]);
        expect(body.toString()).not.toMatch(/storage|127\.0\.0\.1|objects/);
      }
    } finally {
      streaming.storage.instead = undefined;
    }
    await streaming.eventually(async () => (await ask(`${id}/hls/main.m3u8`)).status === 200);
  });

  it('when a viewer leaves in the middle of a segment, then the read at the store ends', async () => {
    const { id } = add();
    expect((await ask(`${id}/hls/180p.m3u8`)).status).toBe(200);
    const ended = new Promise<void>((resolve) => {
      streaming.storage.instead = (req, res) => {
        const [, start, end] = /^bytes=(\d+)-(\d+)$/.exec(req.headers.range ?? '') ?? [];
        res.once('close', resolve);
        res.writeHead(206, { 'content-range': `bytes ${start}-${end}/99999999` });
        res.write('x');
      };
    });
    try {
      const path = `/api/videos/${id}/hls/${processingId}/180p/0.m4s`;
      const viewer = await rawGet(streaming.port, path, await streaming.by(newId()));
      await once(viewer, 'data');
      viewer.destroy();
      await ended;
    } finally {
      streaming.storage.instead = undefined;
    }
  });
});
