import { describe, expect, it } from '@jest/globals';
import { type Abilities, firstSource, hlsKind, mayGoOver, qualitiesIn } from './source.ts';

const links = { file: '/file', hls: null, poster: null, storyboard: null, captions: [], chapters: null };
const without = { status: 'processing', links } as const;
const growing = { status: 'processing', links: { ...links, hls: '/main.m3u8' } } as const;
const whole = { ...growing, status: 'ready' } as const;
const all: Abilities = { nativeHls: true, mse: true, file: true };

describe('hlsKind', () => {
  it('when the browser plays HLS itself, then hls.js is not used, unless a quality is chosen', () => {
    expect(hlsKind(whole, all, null)).toBe('hls-native');
    expect(hlsKind(whole, all, 720)).toBe('hls-js');
    expect(hlsKind(whole, { ...all, mse: false }, 720)).toBe('hls-native');
  });
  it('when the playlist still grows, then hls.js is used where it can run', () => {
    expect(hlsKind(growing, all, null)).toBe('hls-js');
    expect(hlsKind(growing, { ...all, mse: false }, null)).toBe('hls-native');
  });
  it('when it does not, then hls.js is used where it can run; without a playlist nothing', () => {
    expect(hlsKind(whole, { ...all, nativeHls: false }, null)).toBe('hls-js');
    expect(hlsKind(whole, { ...all, nativeHls: false, mse: false }, null)).toBeNull();
    expect(hlsKind(without, all, null)).toBeNull();
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
