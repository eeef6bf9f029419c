import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { newId } from '@flixtube/chassis/ids';
import type { InternalVideo } from '@flixtube/contracts/http/internal';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type HlsStreaming, startHlsStreaming } from './support/hls-streaming.ts';

const run = promisify(execFile);
const vtt = 'WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nOlá\n';
let hls: HlsStreaming;
beforeAll(async () => {
  hls = await startHlsStreaming();
}, 60_000);
afterAll(() => hls.streaming.stop());

/** A processed video whose file had texts in these languages, and chapters. */
function addWithTexts(languages: string[], given: Parameters<HlsStreaming['add']>[0] = {}): InternalVideo {
  const key = (name: string) => `texts-of-a-processing/${name}.vtt`;
  for (const language of languages) hls.streaming.storage.put(key(language), Buffer.from(vtt.replace('Olá', language)));
  hls.streaming.storage.put(key('chapters'), Buffer.from(vtt));
  const captions = languages.map((language) => ({ language, label: 'Words', key: key(language) }));
  return hls.add({ captions, chapters: key('chapters'), ...given });
}

describe('texts that a file had', () => {
  it('are read like the owner’s captions, and chapters beside them, by whoever may see the video', async () => {
    const { id } = addWithTexts(['pt-BR']);
    const captions = await hls.ask(`${id}/captions/pt-BR.vtt`);
    expect([captions.status, String(captions.body)]).toEqual([200, vtt.replace('Olá', 'pt-BR')]);
    const chapters = await hls.ask(`${id}/chapters.vtt`);
    expect([chapters.status, chapters.headers.get('content-type'), String(chapters.body)]).toEqual([
      200,
      'text/vtt; charset=utf-8',
      vtt,
    ]);
    const head = await hls.ask(`${id}/chapters.vtt`, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length'), head.body.length]).toEqual([
      200,
      `${Buffer.byteLength(vtt)}`,
      0,
    ]);
    const etag = chapters.headers.get('etag') as string;
    expect((await hls.ask(`${id}/chapters.vtt`, { headers: { 'if-none-match': etag } })).status).toBe(304);
    expect((await hls.ask(`${id}/chapters.vtt`, { method: 'PUT' })).status).toBe(405);
  });

  it('are not there for a video without, and a private video’s only for its owner', async () => {
    expect((await hls.ask(`${hls.add().id}/chapters.vtt`)).status).toBe(404);
    const ownerId = newId();
    const { id } = addWithTexts(['en'], { visibility: 'private', ownerId });
    for (const path of ['chapters.vtt', 'captions/en.vtt', 'hls/captions-en.m3u8', 'hls/captions/en.vtt']) {
      expect((await hls.ask(`${id}/${path}`)).status).toBe(404);
      const own = await hls.ask(`${id}/${path}`, { viewer: ownerId });
      expect([own.status, own.headers.get('cache-control')]).toEqual([200, 'private, no-cache']);
    }
  });
});

describe('captions in HLS', () => {
  it('are named by the main playlist, and lead to the text', async () => {
    const { id } = addWithTexts(['en', 'pt-BR', 'en-x-forced', 'und']);
    const main = String((await hls.ask(`${id}/hls/main.m3u8`)).body);
    expect(main.split('\n').filter((line) => line.includes('SUBTITLES'))).toEqual([
      '#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="subtitles",NAME="Words",LANGUAGE="en",DEFAULT=NO,AUTOSELECT=YES,URI="captions-en.m3u8"',
      '#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="subtitles",NAME="Words 2",LANGUAGE="pt-BR",DEFAULT=NO,AUTOSELECT=YES,URI="captions-pt-BR.m3u8"',
      '#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="subtitles",NAME="Words 3",LANGUAGE="en-x-forced",DEFAULT=NO,AUTOSELECT=YES,FORCED=YES,URI="captions-en-x-forced.m3u8"',
      '#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="subtitles",NAME="Words 4",DEFAULT=NO,AUTOSELECT=YES,URI="captions-und.m3u8"',
      ...[expect.stringMatching(/^#EXT-X-STREAM-INF:.*,SUBTITLES="subtitles"$/)],
      ...[expect.stringMatching(/^#EXT-X-STREAM-INF:.*,SUBTITLES="subtitles"$/)],
    ]);
    const playlist = await hls.ask(`${id}/hls/captions-pt-BR.m3u8`);
    expect([playlist.headers.get('content-type'), String(playlist.body)]).toEqual([
      'application/vnd.apple.mpegurl',
      '#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:8\n#EXT-X-PLAYLIST-TYPE:VOD\n#EXTINF:8.000000,\ncaptions/pt-BR.vtt\n#EXT-X-ENDLIST\n',
    ]);
    expect(String((await hls.ask(`${id}/hls/captions/pt-BR.vtt`)).body)).toBe(vtt.replace('Olá', 'pt-BR'));
  });

  it('can be read by ffmpeg, and leave picture and sound as they are', async () => {
    const { id } = addWithTexts(['pt-BR']);
    const { url, close } = await hls.door();
    const [main, texts] = ['main', 'captions-pt-BR'].map((name) => `${url}/api/videos/${id}/hls/${name}.m3u8`);
    const { stderr } = await run('ffmpeg', ['-v', 'error', '-i', main as string, '-map', '0', '-f', 'null', '-']);
    const { stdout } = await run('ffmpeg', ['-v', 'error', '-i', texts as string, '-f', 'webvtt', '-']);
    close();
    expect(stderr).toBe('');
    expect(stdout).toBe('WEBVTT\n\n00:01.000 --> 00:02.000\npt-BR\n');
  }, 60_000);

  it('follow the catalogue, though the manifest stays the same', async () => {
    const video = addWithTexts(['en']);
    const main = async () => {
      const { body, headers } = await hls.ask(`${video.id}/hls/main.m3u8`);
      return { named: String(body).match(/captions-[\w-]+/g), etag: headers.get('etag') };
    };
    const first = await main();
    expect(first.named).toEqual(['captions-en']);
    const path = `${hls.streaming.url}/api/videos/${video.id}/captions/zh-Hant.vtt`;
    const headers = { ...(await hls.streaming.by(video.ownerId)), 'content-type': 'text/vtt' };
    expect((await fetch(path, { method: 'PUT', headers, body: vtt })).status).toBe(201);
    const second = await main();
    expect(second.named).toEqual(['captions-en', 'captions-zh-Hant']);
    expect(second.etag).not.toBe(first.etag);
    expect((await fetch(path, { method: 'DELETE', headers })).status).toBe(204);
    expect(await main()).toEqual(first);
  });

  it('are not there while processing goes on, nor for a name that no track has', async () => {
    const { id } = addWithTexts(['en'], { manifest: { ...hls.made.manifest, complete: false } });
    expect(String((await hls.ask(`${id}/hls/main.m3u8`)).body)).not.toContain('SUBTITLES');
    expect((await hls.ask(`${id}/hls/captions-en.m3u8`)).status).toBe(404);
    const whole = addWithTexts(['en']);
    for (const name of ['captions-de', 'captions-', 'captions-EN', 'captions-en-iframes']) {
      expect((await hls.ask(`${whole.id}/hls/${name}.m3u8`)).status).toBe(404);
    }
    expect((await hls.ask(`${whole.id}/hls/captions/de.vtt`)).status).toBe(404);
    expect((await hls.ask(`${whole.id}/hls/captions/en.m4s`)).status).toBe(400);
  });
});
