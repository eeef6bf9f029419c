import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ffmpegMedia } from '../../src/adapters/ffmpeg/ffmpeg-media.ts';
import type { Plan } from '../../src/domain/media.ts';
import { planOf } from '../../src/domain/plan.ts';
import {
  clip,
  clipSeconds,
  damaged,
  kinds,
  oneFrame,
  songWithCover,
  soundAlone,
  truncated,
  withTexts,
  written,
} from './support/clips.ts';
import { decode, encodeAll, firstHeard, leastLikeness, type Track } from './support/encoded.ts';
import { countInputs, countOf, expectRow, outcomeOf, writeInputs } from './support/inputs-table.ts';
import { checkPictures, checkSound, timesOf } from './support/joins.ts';
import { serveFile } from './support/range-server.ts';

const media = ffmpegMedia({ threads: 1 });
const never = new AbortController().signal;
const minutes = 60_000;
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'flixtube-media-'));
});
afterAll(() => {
  writeInputs();
  rmSync(folder, { recursive: true, force: true });
});

/** What is to be of each kind: the plan's, in words, and how many sound tracks. */
const expected: Record<
  string,
  { size: string; rate: string; frames: number; sound?: number; hdr?: true; interlaced?: true }
> = {
  'mp4, moov first': { size: '320x180', rate: '30/1', frames: 300 },
  'mp4, moov last': { size: '320x180', rate: '25/1', frames: 250 },
  'mkv, two sound tracks': { size: '320x180', rate: '24000/1001', frames: 240, sound: 2 },
  'webm, VP9 and Opus': { size: '320x180', rate: '30/1', frames: 300 },
  'mpegts, 30000/1001': { size: '320x180', rate: '30000/1001', frames: 300 },
  'mpegts, key frames far apart': { size: '320x180', rate: '25/1', frames: 250 },
  'webm that says neither how long it is nor where what is': { size: '320x180', rate: '30/1', frames: 300 },
  flv: { size: '320x180', rate: '25/1', frames: 250 },
  'variable frame rate': { size: '320x180', rate: '21/1', frames: 210 },
  '60 frames a second': { size: '320x180', rate: '60/1', frames: 600 },
  'portrait by rotation': { size: '180x320', rate: '30/1', frames: 300 },
  'odd dimensions': { size: '320x240', rate: '15/1', frames: 150 },
  'avi, MPEG-4': { size: '320x180', rate: '25/1', frames: 250 },
  'mp4, HEVC': { size: '320x180', rate: '25/1', frames: 250 },
  'mp4, AV1': { size: '320x180', rate: '25/1', frames: 250 },
  'mov, ProRes with 10 bits of 4:2:2': { size: '320x180', rate: '25/1', frames: 250 },
  'mp4, H.264 with 10 bits': { size: '320x180', rate: '25/1', frames: 250 },
  'a picture in full range': { size: '320x180', rate: '25/1', frames: 250 },
  '5.1 sound': { size: '320x180', rate: '25/1', frames: 250 },
  'no sound': { size: '320x180', rate: '25/1', frames: 250, sound: 0 },
  'sound begins later': { size: '320x180', rate: '25/1', frames: 250 },
  'picture begins later': { size: '320x180', rate: '25/1', frames: 250 },
  'mp4 that stands still for long, and is silent before its end': { size: '320x180', rate: '15/2', frames: 75 },
  'picture ends long before the sound': { size: '320x180', rate: '25/1', frames: 250 },
  'mpegts, size and channels change half-way': { size: '320x180', rate: '25/1', frames: 250 },
  interlaced: { size: '320x180', rate: '25/1', frames: 250, interlaced: true },
  '10 bit HDR': { size: '320x180', rate: '25/1', frames: 250, hdr: true },
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
        for (const track of sound.keys()) checkSound(tracks.get(`audio-${track}`) as Track, clipSeconds);
        expectRow(kind, outcomeOf(plan));
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
    'mp4 that stands still for long, and is silent before its end',
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
      expectRow('sound alone', outcomeOf(plan));
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
      expectRow('one frame', `${outcomeOf(plan)}; a poster, and no storyboard`);
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
      expectRow('cut off in the middle', `${outcomeOf(plan)}; as much as there is`);
      source.close();
    },
    2 * minutes,
  );

  it(
    'damaged: what can be read comes out at its time, with no gap in it',
    async () => {
      const source = await serveFile(damaged(folder));
      const plan = planOf(await media.probe(source, never));

      const tracks = await encodeAll(media, source, plan, fresh());

      const frames = checkPictures(plan, tracks.get('180p') as Track);
      expect(Math.abs(frames / (13 * 29.97) - 1)).toBeLessThan(0.1);
      expectRow('damaged all over its middle', `${outcomeOf(plan)}; what cannot be read stands still or is silent`);
      source.close();
    },
    2 * minutes,
  );

  it(
    'subtitles and chapters: WebVTT of each track and of the chapters, and none of it in the pieces',
    async () => {
      const source = await serveFile(withTexts(folder));
      const plan = planOf(await media.probe(source, never));

      const texts = await media.extractTexts({ source, plan, folder: fresh() }, never);
      const tracks = await encodeAll(media, source, plan, fresh());

      checkPictures(plan, tracks.get('180p') as Track);
      expect(texts.map(({ file }) => readFileSync(file, 'utf8'))).toEqual(
        Array(2).fill('WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nHello\n'),
      );
      const { chapters } = plan.probe;
      const kept = `${countOf(texts.length, 'text track')} and ${countOf(chapters.length, 'chapter')} as WebVTT`;
      expectRow('mkv, subtitles (SRT, ASS) and chapters', `${outcomeOf(plan)}, ${kept}`);
      source.close();
    },
    2 * minutes,
  );

  it(
    'a song with a picture of its cover: sound alone',
    async () => {
      const source = await serveFile(songWithCover(folder));
      const plan = planOf(await media.probe(source, never));
      expect(plan).toMatchObject({ pieces: [], probe: { picture: null, sound: [{ channels: 1 }] } });

      const tracks = await encodeAll(media, source, plan, fresh());

      checkSound(tracks.get('audio-0') as Track, 8);
      expectRow('a song with a picture of its cover', outcomeOf(plan));
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

describe('what is no video', () => {
  it('is refused with one sentence for a person', async () => {
    const said = new Set<string>();
    for (const content of ['text\n'.repeat(500), '#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n', Buffer.alloc(9_999)]) {
      const source = await serveFile(written(folder, 'not-a-video.mp4', content));
      const failure = await media.probe(source, never).catch((error: unknown) => error);
      expect(failure).toMatchObject({ kind: 'unreadable', retriable: false });
      said.add((failure as Error).message);
      source.close();
    }
    expectRow('text, a playlist, or nothing but zeros, named .mp4', `“${[...said].join('”, “')}”`);
  });
});

describe('the table of inputs', () => {
  it('has no line that no test has made', () => {
    expect(countInputs()).toBe(kinds.length + 7);
  });
});

function fresh(): string {
  mkdirSync(folder, { recursive: true });
  return mkdtempSync(join(folder, 'task-'));
}
