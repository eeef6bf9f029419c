import type { Video } from '@flixtube/contracts/http/video';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { clip, fakeClip } from '../../src/clips.ts';
import { eventually } from '../../src/eventually.ts';
import { decodingErrors, packetTimes } from '../../src/ffmpeg.ts';
import { systemUrl } from '../../src/system.ts';
import { Viewer } from '../../src/viewer.ts';

const url = systemUrl();
const publisher = new Viewer(url);
const patience = 240;

async function processed(video: Video): Promise<Video> {
  const answer = await eventually(
    () => publisher.ask<Video>(`/api/videos/${video.id}`),
    ({ body }) => body.status !== 'processing',
    patience,
  );
  return answer.body;
}

describe('a video that is processed', () => {
  const seconds = 14;
  let video: Video;
  let main: string;
  beforeAll(async () => {
    const { body } = await publisher.upload(await clip(seconds, '640x360'), 'To be adapted');
    video = await processed(body);
    main = await publisher.text(video.links.hls as string);
  }, 300_000);

  it('is ready, and says how long and how large it is', () => {
    expect(video).toMatchObject({ status: 'ready', failure: null, progress: 1, width: 640, height: 360 });
    expect(video.durationSeconds).toBeCloseTo(seconds, 0);
    expect(video.links).toMatchObject({
      hls: `/api/videos/${video.id}/hls/main.m3u8`,
      poster: `/api/videos/${video.id}/poster.jpg`,
      storyboard: `/api/videos/${video.id}/storyboard.vtt`,
    });
  });

  it('has a playlist of every rendition up to its own size, with its sound beside it', () => {
    expect(main.match(/RESOLUTION=\d+x\d+/g)?.slice(0, 2)).toEqual(['RESOLUTION=426x240', 'RESOLUTION=640x360']);
    expect(main).toMatch(/#EXT-X-MEDIA:TYPE=AUDIO/);
    expect(main).toMatch(/CODECS="avc1\.[0-9a-f]{6},mp4a\.40\.2"/);
    expect(main).toContain('#EXT-X-INDEPENDENT-SEGMENTS');
  });

  it('is decoded without one error, in picture and sound, over all of its pieces', async () => {
    expect(await decodingErrors(new URL(video.links.hls as string, url).href)).toEqual([]);
  });

  it.each(['v:0', 'v:1', 'a:0'])('goes on without a gap or an overlap in %s', async (stream) => {
    const packets = await packetTimes(new URL(video.links.hls as string, url).href, stream);
    const steps = new Set(packets.slice(1).map(({ pts }, n) => pts - (packets[n] as { pts: number }).pts));
    expect(steps.size).toBe(1);
    if (stream.startsWith('v')) expect(packets).toHaveLength(seconds * 25);
  });

  it('has a poster, and previews for each moment', async () => {
    const poster = await publisher.ask<Uint8Array>(video.links.poster as string);
    expect([poster.status, poster.headers.get('content-type')]).toEqual([200, 'image/jpeg']);
    const storyboard = await publisher.text(video.links.storyboard as string);
    expect(storyboard).toMatch(/^WEBVTT/);
    const [, sprite] = /\n(storyboard\/\S+?)#xywh=\d+,\d+,\d+,\d+/.exec(storyboard) ?? [];
    const picture = await publisher.ask<Uint8Array>(`/api/videos/${video.id}/${sprite}`);
    expect([picture.status, picture.headers.get('content-type')]).toEqual([200, 'image/jpeg']);
  });

  it('is processed again when its publisher asks for it, and nobody else', async () => {
    const again = `/api/videos/${video.id}/processing`;
    expect((await new Viewer(url).ask(again, { method: 'POST' })).status).toBe(403);
    const asked = await publisher.ask<Video>(again, { method: 'POST' });
    expect([asked.status, asked.body.status]).toEqual([202, 'processing']);
    // What was there can be played meanwhile.
    expect(asked.body.links.hls).toBe(video.links.hls);
    expect(await processed(video)).toMatchObject({ status: 'ready', progress: 1 });
    expect(await decodingErrors(new URL(video.links.hls as string, url).href)).toEqual([]);
  }, 300_000);
});

describe('a file that is no video behind its beginning', () => {
  it('is kept, and its failure is told in words', async () => {
    const { body } = await publisher.upload(fakeClip(300_000, 7), 'Hardly a video');
    const video = await processed(body);
    expect(video).toMatchObject({ status: 'failed', failure: { kind: 'unreadable', detail: expect.any(String) } });
    expect((await publisher.ask(video.links.file, { method: 'HEAD' })).status).toBe(200);
  }, 300_000);
});

describe('a playlist that calls itself a video', () => {
  it.each(['file:///etc/passwd', 'http://127.0.0.1:4000/'])('reads nothing of %s', async (target) => {
    const text = `#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n${target}\n#EXT-X-ENDLIST\n`;
    const answer = await publisher.upload(new TextEncoder().encode(text), 'A playlist');
    expect(answer.status).toBe(415);
  });
});
