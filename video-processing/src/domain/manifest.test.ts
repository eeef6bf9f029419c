import { Readable } from 'node:stream';
import { type HlsTrack, hlsManifest } from '@flixtube/contracts/hls-manifest';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { writeManifest } from './manifest.ts';
import type { Plan } from './media.ts';
import type { StoredPart } from './ports.ts';

const plan: Plan = {
  probe: {
    durationSeconds: 60,
    startSeconds: 0,
    picture: {
      stream: 0,
      width: 640,
      height: 360,
      frameRate: { num: 30_000, den: 1_001 },
      interlaced: false,
      hdr: false,
    },
    sound: [{ stream: 1, channels: 6, language: 'de', title: 'Kommentar' }],
    texts: [],
    chapters: [],
  },
  renditions: [{ name: '360p', width: 640, height: 360, crf: 23, maxBitsPerSecond: 1 }],
  gopFrames: 60,
  segmentFrames: 120,
  pieces: [],
};

/** A part of segments that last so many ticks. */
function part(kind: 'piece' | 'sound', index: number, number: number, track: string, ticks: number[]): StoredPart {
  const timescale = kind === 'piece' ? 30_000 : 48_000;
  const segments = ticks.map((one, i) => ({ start: 100 * i, length: 100, ticks: one, keyframes: [] }));
  const attempt = `attempt-${kind}-${index}-${number}`;
  const key = `videos/v/hls/p/${attempt}/${track}.m4s`;
  return { kind, index, number, attempt, tracks: [{ track, timescale, codecs: 'c', key, initLength: 7, segments }] };
}

const picture = (lengths: number[]) => lengths.map((ticks, index) => part('piece', index, 0, '360p', [ticks]));
const sound = (lengths: number[]) =>
  lengths.map((ticks, number) => part('sound', 0, number, 'audio-0', [ticks, ticks]));
const processingId = '019a5b6e-0000-7000-8000-000000000000';
async function of(parts: StoredPart[], seconds: number) {
  const written = await writeManifest(processingId, plan, Readable.from(parts), { seconds, complete: false });
  return { ...written, ...hlsManifest.parse(JSON.parse(written.text)) };
}
const keysOf = (track: HlsTrack | undefined) =>
  track?.parts.flatMap(({ key, segments }) => segments.map((one) => `${key} ${one.start}`));

describe('writeManifest', () => {
  it('whatever there is: a later one holds all of an earlier one, and more at the end only', async () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 400_000 }), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(
        lengths,
        lengths,
        fc.float({ min: 0, max: 60, noNaN: true }),
        fc.float({ min: 0, max: 60, noNaN: true }),
        async (a, b, x, y) => {
          const parts = [...picture(a), ...sound(b)];
          const [earlier, later] = [await of(parts, Math.min(x, y)), await of(parts, Math.max(x, y))];
          for (const kind of ['video', 'audio'] as const) {
            const before = keysOf(earlier[kind][0]) ?? [];
            expect(keysOf(later[kind][0])?.slice(0, before.length) ?? []).toEqual(before);
          }
        },
      ),
    );
  });

  it('up to a time: segments that begin before it, of pictures and sound alike', async () => {
    const manifest = await of([...picture([120_120, 120_120]), ...sound([192_000])], 4.004);

    expect(keysOf(manifest.video[0])).toEqual(['videos/v/hls/p/attempt-piece-0-0/360p.m4s 0']);
    expect(keysOf(manifest.audio[0])).toHaveLength(2);
    expect(manifest.video[0]).toMatchObject({
      frameRate: 30_000 / 1_001,
      timescale: 30_000,
      init: { start: 0, length: 7 },
    });
    expect(manifest.audio[0]).toMatchObject({ label: 'Kommentar', language: 'de', channels: 2 });
  });

  it('sound: what it is called, its language in BCP 47, and the channels that are made of those of the file', async () => {
    const of = (language: string | null, title: string | null) => ({ stream: 1, channels: 6, language, title });
    const named = { ...plan.probe, sound: [of('ger', null), of('eng', 'Commentary'), of(null, null), of('xx-', null)] };
    const parts = named.sound.map((_, n) => part('sound', n, 0, `audio-${n}`, [192_000]));
    const written = await writeManifest(processingId, { ...plan, probe: named }, Readable.from(parts), {
      seconds: 60,
      complete: true,
    });

    const { audio } = hlsManifest.parse(JSON.parse(written.text));
    expect(audio.map(({ language, label, channels }) => [language, label, channels])).toEqual([
      ['de', 'Deutsch', 2],
      ['en', 'Commentary', 2],
      [null, 'Sound 3', 2],
      [null, 'Sound 4', 2],
    ]);
  });

  it('a piece in which nothing was: the others follow on one another', async () => {
    const empty: StoredPart = { kind: 'piece', index: 1, number: 0, attempt: 'none', tracks: [] };
    const [first, last] = picture([120_120, 60_060]);
    const manifest = await of(
      [first, empty, last].filter((one) => one !== undefined),
      Number.POSITIVE_INFINITY,
    );

    expect(manifest.video[0]?.parts).toHaveLength(2);
    expect(manifest.durationSeconds).toBeCloseTo(6.006);
    expect(manifest.attempts).toHaveLength(3);
  });
});
