import { describe, expect, it } from '@jest/globals';
import { type Abilities, firstSource, hlsKind, mayGoOver, qualitiesIn, soundsIn } from './source.ts';

const links = { file: '/file', hls: null, poster: null, storyboard: null, captions: [], chapters: null };
const without = { status: 'processing', links } as const;
const growing = { status: 'processing', links: { ...links, hls: '/main.m3u8' } } as const;
const whole = { ...growing, status: 'ready' } as const;
const all: Abilities = { nativeHls: true, mse: true, file: true };

describe('hlsKind', () => {
  it('when the browser plays HLS itself, then hls.js is not used, unless a quality is chosen', () => {
    expect(hlsKind(whole, all, false)).toBe('hls-native');
    expect(hlsKind(whole, all, true)).toBe('hls-js');
    expect(hlsKind(whole, { ...all, mse: false }, true)).toBe('hls-native');
  });
  it('when the playlist still grows, then hls.js is used where it can run', () => {
    expect(hlsKind(growing, all, false)).toBe('hls-js');
    expect(hlsKind(growing, { ...all, mse: false }, false)).toBe('hls-native');
  });
  it('when it does not, then hls.js is used where it can run; without a playlist nothing', () => {
    expect(hlsKind(whole, { ...all, nativeHls: false }, false)).toBe('hls-js');
    expect(hlsKind(whole, { ...all, nativeHls: false, mse: false }, false)).toBeNull();
    expect(hlsKind(without, all, false)).toBeNull();
  });
});

describe('firstSource', () => {
  it('when there is no HLS yet, then begins with the file; when there is, with that', () => {
    expect(firstSource(without, all, 0)).toBe('file');
    expect(firstSource(whole, all, 0)).toBe('hls-native');
  });
  it('when it resumes where growing HLS may not be yet, then takes the file, if the browser plays it', () => {
    expect(firstSource(growing, all, 60)).toBe('file');
    expect(firstSource(growing, { ...all, file: false }, 60)).toBe('hls-js');
    expect(firstSource(whole, all, 60)).toBe('hls-native');
  });
});

describe('mayGoOver', () => {
  const watching = { begun: true, unplayable: false, resting: false };
  it('when somebody watches the file, then it stays; in a pause it goes over to what is complete', () => {
    expect(mayGoOver(whole, watching)).toBe(false);
    expect(mayGoOver(whole, { ...watching, resting: true })).toBe(true);
    expect(mayGoOver(growing, { ...watching, resting: true })).toBe(false);
  });
  it('when nothing has begun, or the file cannot be played, then it goes over at once', () => {
    expect(mayGoOver(whole, { ...watching, begun: false })).toBe(true);
    expect(mayGoOver(growing, { ...watching, unplayable: true })).toBe(true);
    expect(mayGoOver(without, { ...watching, unplayable: true })).toBe(false);
  });
});

describe('qualitiesIn', () => {
  it('when a playlist has variants, I-frames and sound, then answers the variants alone', () => {
    const playlist = [
      '#EXTM3U',
      '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="English",URI="audio-0.m3u8"',
      '#EXT-X-STREAM-INF:AVERAGE-BANDWIDTH=500000,BANDWIDTH=800000,CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=640x360',
      '360p.m3u8',
      '#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=90000,RESOLUTION=640x360,URI="360p-iframes.m3u8"',
    ].join('\r\n');
    expect(qualitiesIn(playlist)).toEqual([{ width: 640, height: 360, bitrate: 800_000 }]);
  });
});

describe('soundsIn', () => {
  it('when a playlist has sound tracks and subtitles, then answers the names of the sound tracks in their order', () => {
    const playlist = [
      '#EXTM3U',
      '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",NAME="Deutsch, rau",LANGUAGE="de",DEFAULT=YES,URI="audio-0.m3u8"',
      '#EXT-X-MEDIA:GROUP-ID="sound",NAME="TYPE=SUBTITLES",TYPE=AUDIO,URI="audio-1.m3u8"',
      '#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="subtitles",NAME="English",URI="captions-en.m3u8"',
      '#EXT-X-STREAM-INF:BANDWIDTH=800000,RESOLUTION=640x360,AUDIO="sound"',
      '360p.m3u8',
    ].join('\n');
    expect(soundsIn(playlist)).toEqual(['Deutsch, rau', 'TYPE=SUBTITLES']);
    expect(soundsIn('')).toEqual([]);
  });
});
