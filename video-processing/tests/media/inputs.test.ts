import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ffmpegMedia } from '../../src/adapters/ffmpeg/ffmpeg-media.ts';
import type { Plan } from '../../src/domain/media.ts';
import { planOf } from '../../src/domain/plan.ts';
import { clip, kinds, oneFrame, soundAlone, truncated } from './support/clips.ts';
import { decode, encodeAll, firstHeard, leastLikeness, packetsOf, type Track } from './support/encoded.ts';
import { serveFile } from './support/range-server.ts';

const media = ffmpegMedia({ threads: 1 });
const never = new AbortController().signal;
const minutes = 60_000;
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'flixtube-media-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What is to be of each kind: the plan's, in words, and how many sound tracks. */
const expected: Record<
  string,
  { size: string; rate: string; frames: number; sound?: number; hdr?: true; interlaced?: true }
> = {
  'mp4, moov first': { size: '320x180', rate: '30/1', frames: 420 },
  'mp4, moov last': { size: '320x180', rate: '25/1', frames: 350 },
  'mkv, two sound tracks': { size: '320x180', rate: '24000/1001', frames: 336, sound: 2 },
  'webm, VP9 and Opus': { size: '320x180', rate: '30/1', frames: 420 },
  'mpegts, 30000/1001': { size: '320x180', rate: '30000/1001', frames: 420 },
  'mpegts, key frames far apart': { size: '320x180', rate: '25/1', frames: 350 },
  'webm that says neither how long it is nor where what is': { size: '320x180', rate: '30/1', frames: 420 },
  flv: { size: '320x180', rate: '25/1', frames: 350 },
  'variable frame rate': { size: '320x180', rate: '20813/1000', frames: 291 },
  '60 frames a second': { size: '320x180', rate: '60/1', frames: 840 },
  'portrait by rotation': { size: '180x320', rate: '30/1', frames: 420 },
  'odd dimensions': { size: '320x240', rate: '15/1', frames: 210 },
  'avi, MPEG-4': { size: '320x180', rate: '25/1', frames: 350 },
  '5.1 sound': { size: '320x180', rate: '25/1', frames: 350 },
  'no sound': { size: '320x180', rate: '25/1', frames: 350, sound: 0 },
  'sound begins later': { size: '320x180', rate: '25/1', frames: 350 },
  'picture begins later': { size: '320x180', rate: '25/1', frames: 350 },
  interlaced: { size: '320x180', rate: '25/1', frames: 350, interlaced: true },
  '10 bit HDR': { size: '320x180', rate: '25/1', frames: 350, hdr: true },
};

describe('media of each usual kind', () => {
  it('every kind of clip is expected to become something', () => {
    expect(Object.keys(expected).sort()).toEqual([...kinds].sort());
  });

  it.each(kinds)(
    '%s: planned as it is, and all parts join without a gap or a complaint',
    async (kind) => {
      const wanted = expected[kind] as (typeof expected)[string];
      const source = await serveFile(clip(folder, kind));
      try {
        const plan = planOf(await media.probe(source, never));
        const { picture, sound } = plan.probe;
        const rate = `${picture?.frameRate.num}/${picture?.frameRate.den}`;
        expect({ size: `${picture?.width}x${picture?.height}`, rate, sound: sound.length }).toEqual({
          size: wanted.size,
          rate: wanted.rate,
          sound: wanted.sound ?? 1,
        });
        expect([picture?.hdr, picture?.interlaced]).toEqual([wanted.hdr ?? false, wanted.interlaced ?? false]);
        expect(plan.pieces.length).toBeGreaterThanOrEqual(2);

        const tracks = await encodeAll(media, source, plan, fresh());

        for (const { name } of plan.renditions) {
          const packets = checkPictures(plan, tracks.get(name) as Track);
          expect(Math.abs(packets - wanted.frames)).toBeLessThanOrEqual(wanted.frames * 0.01);
        }
        for (const track of sound.keys()) checkSound(tracks.get(`audio-${track}`) as Track, 14);
      } finally {
        source.close();
      }
    },
    5 * minutes,
  );

  it.each([
    'mp4, moov first',
    'mpegts, 30000/1001',
    'mpegts, key frames far apart',
    'variable frame rate',
    'webm that says neither how long it is nor where what is',
  ])(
    '%s: every frame shows what the file shows at its time, also where pieces join',
    async (kind) => {
      const path = clip(folder, kind);
      const source = await serveFile(path);
      const plan = planOf(await media.probe(source, never));

      const tracks = await encodeAll(media, source, { ...plan, probe: { ...plan.probe, sound: [] } }, fresh());

      const { num, den } = plan.probe.picture?.frameRate ?? { num: 0, den: 1 };
      const zero = `setpts=PTS-${plan.probe.startSeconds}/TB`;
      expect(
        leastLikeness(tracks.get('180p')?.path as string, path, `${zero},fps=${num}/${den}:start_time=0`),
      ).toBeGreaterThan(22);
      source.close();
    },
    3 * minutes,
  );

  it(
    'sound begins later than the picture: it is heard when the file has it',
    async () => {
      const source = await serveFile(clip(folder, 'sound begins later'));
      const plan = planOf(await media.probe(source, never));

      const tracks = await encodeAll(media, source, { ...plan, pieces: [] }, fresh());

      expect(firstHeard(tracks.get('audio-0')?.path as string)).toBeCloseTo(1.5, 1);
      source.close();
    },
    2 * minutes,
  );

  it(
    'sound alone: it is encoded in parts of about a minute, and nothing is drawn',
    async () => {
      const source = await serveFile(soundAlone(folder));
      const plan = planOf(await media.probe(source, never));
      expect(plan).toMatchObject({ renditions: [], pieces: [], probe: { picture: null } });

      const tracks = await encodeAll(media, source, plan, fresh());

      expect(tracks.get('audio-0')?.parts.length).toBe(2);
      checkSound(tracks.get('audio-0') as Track, 70);
      expect(await media.drawPictures({ source, plan, folder: fresh() }, never)).toBeNull();
      source.close();
    },
    2 * minutes,
  );

  it(
    'one frame: a track of one frame, and a poster of it',
    async () => {
      const source = await serveFile(oneFrame(folder));
      const plan = planOf(await media.probe(source, never));

      const tracks = await encodeAll(media, source, plan, fresh());

      expect(checkPictures(plan, tracks.get('180p') as Track)).toBe(1);
      const drawn = await media.drawPictures({ source, plan, folder: fresh() }, never);
      expect(drawn?.storyboard).toBeNull();
      expect(decode(drawn?.poster ?? '')).toEqual({ complaints: '', frames: 1 });
      source.close();
    },
    2 * minutes,
  );

  it(
    'cut off in the middle: what is there comes out, and the pieces after that are empty or full',
    async () => {
      const source = await serveFile(truncated(folder));
      const plan = planOf(await media.probe(source, never));

      const tracks = await encodeAll(media, source, plan, fresh());

      const frames = checkPictures(plan, tracks.get('180p') as Track);
      expect(frames).toBeGreaterThan(13 * 30 * 0.4);
      source.close();
    },
    2 * minutes,
  );

  it(
    'pieces of one clip in several renditions: segments are the same in all',
    async () => {
      const source = await serveFile(clip(folder, 'odd dimensions', 6));
      const plan = planOf(await media.probe(source, never));
      const twice = {
        ...plan,
        renditions: [{ ...plan.renditions[0], name: '120p', width: 160, height: 120 }, ...plan.renditions],
      };

      const tracks = await encodeAll(media, source, twice as Plan, fresh());

      const ticks = ['120p', '240p'].map((name) =>
        tracks.get(name)?.parts.map(({ segments }) => segments.map((segment) => segment.ticks)),
      );
      expect(ticks[0]).toEqual(ticks[1]);
      const times = ['120p', '240p'].map((name) => timesOf(tracks.get(name)?.path as string));
      expect(times[0]).toEqual(times[1]);
      source.close();
    },
    2 * minutes,
  );
});

/** When frames are shown, in order. */
function timesOf(path: string): number[] {
  return packetsOf(path)
    .map(({ pts }) => pts)
    .sort((a, b) => a - b);
}

function fresh(): string {
  mkdirSync(folder, { recursive: true });
  return mkdtempSync(join(folder, 'task-'));
}

/** Answers how many frames there are. */
function checkPictures(plan: Plan, { parts, path }: Track): number {
  const inits = new Set(parts.map(({ init }) => init.toString('hex')));
  expect(inits.size).toBe(1);
  expect(parts[0]?.codecs).toMatch(/^avc1\.[0-9a-f]{6}$/);
  const packets = packetsOf(path);
  expect(decode(path)).toEqual({ complaints: '', frames: packets.length });
  const { num, den } = plan.probe.picture?.frameRate ?? { num: 1, den: 1 };
  const tick = ((parts[0]?.timescale ?? 0) * den) / num;
  const shown = timesOf(path);
  const first = shown[0] ?? 0;
  expect(shown).toEqual(shown.map((_, index) => first + index * tick));
  const segments = parts.flatMap((part) => part.segments);
  expect(segments.reduce((sum, { ticks }) => sum + ticks, 0)).toBe(packets.length * tick);
  // A key frame at the beginning of each group, and nowhere else.
  const keys = packets.flatMap(({ key }, index) => (key ? [index] : []));
  expect(keys).toEqual(keys.map((_, index) => index * plan.gopFrames));
  for (const { file, segments: own } of parts) {
    const bytes = readFileSync(file);
    expect(own.reduce((sum, { length }) => sum + length, 0)).toBe(bytes.length);
    for (const { start, keyframes } of own) {
      expect(keyframes[0]?.start).toBe(start);
      for (const keyframe of keyframes)
        expect(bytes.toString('latin1', keyframe.start + 4, keyframe.start + 8)).toBe('moof');
    }
  }
  return packets.length;
}

function checkSound({ parts, path }: Track, seconds: number): void {
  const packets = packetsOf(path);
  expect(packets.map(({ pts }) => pts)).toEqual(packets.map((_, index) => index * 1024));
  // ffprobe does not say how long the first packet of a fragmented file is.
  expect(packets.slice(1).every(({ duration }) => duration === 1024)).toBe(true);
  expect(decode(path).complaints).toBe('');
  expect(Math.abs((packets.length * 1024) / 48_000 - seconds)).toBeLessThan(1.6);
  const ticks = parts.flatMap(({ segments }) => segments.map((segment) => segment.ticks));
  expect(ticks.reduce((sum, each) => sum + each, 0)).toBe(packets.length * 1024);
}
