import type { HlsManifest } from '@flixtube/contracts/hls-manifest';
import { describe, expect, it } from '@jest/globals';
import { iframePlaylist, mainPlaylist, mediaPlaylist, segmentBytes } from './playlists.ts';

const processingId = '0199b1f2-8c3a-7d44-9a51-3f0f6c6a1b2e';
const picture = (name: string, width: number, height: number, bytes: number): HlsManifest['video'][number] => ({
  name,
  width,
  height,
  frameRate: 30_000 / 1001,
  timescale: 30_000,
  codecs: 'avc1.64001f',
  init: { key: `${name}/init`, start: 0, length: 700 },
  parts: [
    {
      key: `${name}/0`,
      segments: [
        { start: 0, length: bytes, ticks: 120_120, keyframes: [{ start: 0, length: bytes / 10, ticks: 120_120 }] },
      ],
    },
    {
      key: `${name}/1`,
      segments: [
        { start: 0, length: bytes, ticks: 120_120, keyframes: [{ start: 0, length: bytes / 5, ticks: 120_120 }] },
        { start: bytes, length: 500, ticks: 30_030, keyframes: [{ start: bytes, length: 400, ticks: 30_030 }] },
      ],
    },
  ],
});
const sound = (n: number, label: string, language: string | null): HlsManifest['audio'][number] => ({
  name: `audio-${n}`,
  label,
  language,
  channels: 2,
  timescale: 48_000,
  codecs: 'mp4a.40.2',
  init: { key: `audio-${n}/init`, start: 0, length: 600 },
  parts: [{ key: `audio-${n}/0`, segments: [{ start: 0, length: 64_000, ticks: 192_000, keyframes: [] }] }],
});
const manifest: HlsManifest = {
  processingId,
  complete: true,
  video: [picture('240p', 426, 240, 100_000), picture('720p', 1280, 720, 1_000_000)],
  audio: [sound(0, 'English', 'en'), sound(1, 'Say "no"\n#EXT', null)],
};

describe('the multivariant playlist', () => {
  it('names renditions with what was measured, sound in a group, and I-frame playlists', () => {
    expect(mainPlaylist(manifest, [])).toBe(`#EXTM3U
#EXT-X-VERSION:7
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",NAME="English",LANGUAGE="en",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2",URI="audio-0.m3u8"
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",NAME="Say  no  #EXT",DEFAULT=NO,AUTOSELECT=YES,CHANNELS="2",URI="audio-1.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=327801,AVERAGE-BANDWIDTH=306045,CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=426x240,FRAME-RATE=29.970,AUDIO="sound"
240p.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=2126002,AVERAGE-BANDWIDTH=1904446,CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=1280x720,FRAME-RATE=29.970,AUDIO="sound"
720p.m3u8
#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=39961,RESOLUTION=426x240,CODECS="avc1.64001f",URI="240p-iframes.m3u8"
#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=399601,RESOLUTION=1280x720,CODECS="avc1.64001f",URI="720p-iframes.m3u8"
`);
  });

  it('has sound alone as its only variant', () => {
    expect(mainPlaylist({ ...manifest, video: [], audio: [sound(0, '', null)] }, [])).toBe(`#EXTM3U
#EXT-X-VERSION:7
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-STREAM-INF:BANDWIDTH=128000,AVERAGE-BANDWIDTH=128000,CODECS="mp4a.40.2"
audio-0.m3u8
`);
  });

  it('measures the peak over what lasts about a target duration: a last key frame alone is none', () => {
    const frame = {
      start: 200_000,
      length: 60_000,
      ticks: 1_001,
      keyframes: [{ start: 200_000, length: 60_000, ticks: 1_001 }],
    };
    const video = [picture('240p', 426, 240, 100_000)].map((track) => ({
      ...track,
      parts: track.parts.map((part, n) => ({
        ...part,
        segments: n === 0 ? part.segments : [...part.segments.slice(0, 1), frame],
      })),
    }));
    const text = mainPlaylist({ ...manifest, video, audio: [] }, []);
    // 160 kB in 4.004 s and a frame, and 80 kB of key frames; not 60 kB in a thirtieth of a second.
    expect(text.match(/:BANDWIDTH=\d+/g)).toEqual([':BANDWIDTH=317039', ':BANDWIDTH=158520']);
    const alone = {
      ...manifest,
      video: [{ ...video[0], parts: [{ key: 'k', segments: [frame] }] }] as typeof video,
      audio: [],
    };
    expect(mainPlaylist(alone, [])).toContain(':BANDWIDTH=14385615,AVERAGE-BANDWIDTH=14385615,');
  });

  it('lets a player choose by itself only the first sound of a language', () => {
    const audio = [
      sound(0, 'English', 'en'),
      sound(1, 'Commentary', 'en'),
      sound(2, 'Deutsch', 'de'),
      sound(3, '', null),
    ];
    expect(mainPlaylist({ ...manifest, audio }, []).match(/AUTOSELECT=\w+/g)).toEqual([
      'AUTOSELECT=YES',
      'AUTOSELECT=NO',
      'AUTOSELECT=YES',
      'AUTOSELECT=YES',
    ]);
  });

  it('says nothing of sound where there is none', () => {
    expect(mainPlaylist({ ...manifest, audio: [] }, [])).not.toMatch(/AUDIO|mp4a/);
  });

  it('gives tracks that are called the same different names', () => {
    const audio = [sound(0, 'English', 'en'), sound(1, 'English', 'en'), sound(2, '', null)];
    expect(mainPlaylist({ ...manifest, audio }, []).match(/NAME="[^"]*"/g)).toEqual([
      'NAME="English"',
      'NAME="English 2"',
      'NAME="Track 3"',
    ]);
  });
});

describe('a media playlist', () => {
  it('lists the segments of all parts, and ends when nothing will be added', () => {
    expect(mediaPlaylist(manifest, '720p')).toBe(`#EXTM3U
#EXT-X-VERSION:7
#EXT-X-TARGETDURATION:4
#EXT-X-PLAYLIST-TYPE:VOD
#EXT-X-MAP:URI="${processingId}/720p/init.mp4"
#EXTINF:4.004000,
${processingId}/720p/0.m4s
#EXTINF:4.004000,
${processingId}/720p/1.m4s
#EXTINF:1.001000,
${processingId}/720p/2.m4s
#EXT-X-ENDLIST
`);
  });

  it('begins at its beginning and has no end while it grows', () => {
    const growing = mediaPlaylist({ ...manifest, complete: false }, 'audio-0') as string;
    expect(growing).toContain('#EXT-X-PLAYLIST-TYPE:EVENT\n#EXT-X-START:TIME-OFFSET=0,PRECISE=YES\n');
    expect(growing).not.toContain('ENDLIST');
  });

  it('has one target duration for all tracks, the longest segment rounded, from its beginning to its end', () => {
    const odd = {
      ...sound(0, '', null),
      parts: [{ key: 'a', segments: [{ start: 0, length: 9, ticks: 192_512, keyframes: [] }] }],
    };
    const slow = (complete: boolean) => ({ ...manifest, complete, audio: [{ ...odd, timescale: 42_000 }] });
    const targetOf = (text: string | undefined) => /TARGETDURATION:(\d+)/.exec(text ?? '')?.[1];
    const names = ['240p', '720p', 'audio-0'];
    // 4.004 s and 4.011 s are 4 s; players compare what is rounded (§4.3.3.1).
    expect(names.map((name) => targetOf(mediaPlaylist({ ...manifest, audio: [odd] }, name)))).toEqual(['4', '4', '4']);
    for (const complete of [false, true]) {
      expect(names.map((name) => targetOf(mediaPlaylist(slow(complete), name)))).toEqual(['5', '5', '5']);
    }
  });

  it('can be made of a video of many days', () => {
    const segments = Array.from({ length: 300_000 }, (_, n) => ({
      start: n,
      length: 1,
      ticks: 120_120,
      keyframes: [{ start: n, length: 1, ticks: 120_120 }],
    }));
    const long = { ...manifest, video: [{ ...picture('240p', 426, 240, 1000), parts: [{ key: 'k', segments }] }] };
    expect(mainPlaylist(long, [])).toContain('240p-iframes.m3u8');
    expect(mediaPlaylist(long, '240p')?.split('#EXTINF')).toHaveLength(300_001);
  });

  it('is none of what there is not', () => {
    expect(mediaPlaylist(manifest, '480p')).toBeUndefined();
    expect(iframePlaylist(manifest, 'audio-0')).toBeUndefined();
  });
});

describe('an I-frame playlist', () => {
  it('names the bytes of each key frame within its segment', () => {
    expect(iframePlaylist(manifest, '240p')?.split('\n').slice(5, 15)).toEqual([
      `#EXT-X-MAP:URI="${processingId}/240p/init.mp4"`,
      '#EXTINF:4.004000,',
      '#EXT-X-BYTERANGE:10000@0',
      `${processingId}/240p/0.m4s`,
      '#EXTINF:4.004000,',
      '#EXT-X-BYTERANGE:20000@0',
      `${processingId}/240p/1.m4s`,
      '#EXTINF:1.001000,',
      '#EXT-X-BYTERANGE:400@0',
      `${processingId}/240p/2.m4s`,
    ]);
  });
});

describe('a segment', () => {
  it('lies where the manifest says, counted over all parts', () => {
    expect(segmentBytes(manifest, '720p', 'init.mp4')).toEqual({ key: '720p/init', start: 0, length: 700 });
    expect(segmentBytes(manifest, '720p', '0.m4s')).toEqual({ key: '720p/0', start: 0, length: 1_000_000 });
    expect(segmentBytes(manifest, '720p', '2.m4s')).toEqual({ key: '720p/1', start: 1_000_000, length: 500 });
  });

  it.each(['3.m4s', '-1.m4s', '00.m4s', '1e0.m4s', '1.mp4', 'init.m4s', '', '__proto__'])(
    'is not called %s',
    (file) => {
      expect(segmentBytes(manifest, '720p', file)).toBeUndefined();
    },
  );
});
