import type { Video } from '@flixtube/contracts/http/video';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { captionedClip } from '../../src/captioned-clip.ts';
import { eventually } from '../../src/eventually.ts';
import { decodingErrors } from '../../src/ffmpeg.ts';
import { systemUrl } from '../../src/system.ts';
import { Viewer } from '../../src/viewer.ts';

const url = systemUrl();
const publisher = new Viewer(url);
const anyone = new Viewer(url);

describe('a file with subtitles and chapters', () => {
  let id: string;
  const read = async () => (await publisher.ask<Video>(`/api/videos/${id}`)).body;
  const ready = async () =>
    (
      await eventually(
        () => publisher.ask<Video>(`/api/videos/${id}`),
        ({ body }) => body.status !== 'processing',
        240,
      )
    ).body;
  const languages = ({ links }: Video) => links.captions.map(({ language }) => language);
  beforeAll(async () => {
    id = (await publisher.upload(await captionedClip(), 'A film with words')).body.id;
    await ready();
  }, 300_000);

  it('comes out with captions, by language, and chapters', async () => {
    const { status, links } = await read();
    expect(status).toBe('ready');
    const at = (language: string) => `/api/videos/${id}/captions/${language}.vtt`;
    expect(links.captions).toEqual([
      { language: 'de', label: 'Deutsch', url: at('de') },
      { language: 'en', label: 'English', url: at('en') },
      { language: 'en-x-forced', label: 'English (forced)', url: at('en-x-forced') },
    ]);
    // The sound of the clip begins some milliseconds before its picture, and is where the time begins.
    const cue = (text: string) => new RegExp(`^WEBVTT\n\n00:00:00.5\\d\\d --> 00:00:01.5\\d\\d\n${text}\n$`);
    expect(await anyone.text(at('de'))).toMatch(cue('Grüße'));
    expect(await anyone.text(at('en-x-forced'))).toMatch(cue('\\[in Klingon\\]'));
    expect(links.chapters).toBe(`/api/videos/${id}/chapters.vtt`);
    expect(await anyone.text(links.chapters as string)).toBe(
      'WEBVTT\n\n00:00:00.000 --> 00:00:01.000\nThe beginning\n\n00:00:01.000 --> 00:00:03.000\nChapter 2\n',
    );
  });

  it('names them in HLS, where they can be read, and picture and sound are as without', async () => {
    const hls = `/api/videos/${id}/hls/`;
    const main = await anyone.text(`${hls}main.m3u8`);
    expect(main.match(/captions-[\w-]+\.m3u8/g)).toEqual([
      'captions-de.m3u8',
      'captions-en.m3u8',
      'captions-en-x-forced.m3u8',
    ]);
    expect(main).toMatch(/FORCED=YES,URI="captions-en-x-forced/);
    const playlist = await anyone.text(`${hls}captions-de.m3u8`);
    const [segment] = /^captions\/.*$/m.exec(playlist) ?? [];
    expect(await anyone.text(hls + segment)).toBe(await anyone.text(`/api/videos/${id}/captions/de.vtt`));
    // All that ffmpeg has to say of it: it knows no subtitles of a main playlist.
    for (const line of await decodingErrors(new URL(`${hls}main.m3u8`, url).href))
      expect(line).toMatch(/subtitle\(uri/);
  }, 60_000);

  it('keeps what its owner puts and removes, also when it is processed again', async () => {
    const put = {
      method: 'PUT',
      headers: { 'content-type': 'text/vtt' },
      body: 'WEBVTT\n\n00:00.000 --> 00:01.000\nMine\n',
    };
    expect((await publisher.ask(`/api/videos/${id}/captions/de.vtt`, put)).status).toBe(200);
    expect((await publisher.ask(`/api/videos/${id}/captions/en-x-forced.vtt`, { method: 'DELETE' })).status).toBe(204);
    expect(languages(await read())).toEqual(['de', 'en']);

    expect((await publisher.ask(`/api/videos/${id}/processing`, { method: 'POST' })).status).toBe(202);
    expect(languages(await ready())).toEqual(['de', 'en']);
    expect(await anyone.text(`/api/videos/${id}/captions/de.vtt`)).toContain('Mine');
    expect(await anyone.text(`/api/videos/${id}/captions/en.vtt`)).toContain('<i>Hello</i>');
    expect((await anyone.ask(`/api/videos/${id}/captions/en-x-forced.vtt`)).status).toBe(404);
    expect((await anyone.ask(`/api/videos/${id}/chapters.vtt`)).status).toBe(200);
  }, 300_000);
});
