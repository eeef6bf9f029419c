import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EncodedPart, Media, Plan, Probe } from '../../src/domain/media.ts';

/** What the fake's files say of themselves: the bytes of an upload are this as JSON. */
export interface FakeFile {
  seconds: number;
  picture: boolean;
  sound: number;
  /** Languages of its subtitles. */
  texts: string[];
  chapters: number;
}

const fps = 25;
const segmentFrames = 4 * fps;
const soundPartSeconds = 10;

/** Encoders, played by the test: tiny files that are the same each time. Tests override what should go otherwise. */
export function fakeMedia(changed: Partial<Media> = {}): Media {
  return {
    async probe({ url, sizeBytes }) {
      // As ffmpeg reads: a part of it, and the rest.
      const read = async (range: string) => (await fetch(url, { headers: { range: `bytes=${range}` } })).text();
      const { seconds, picture, sound, texts, chapters } = JSON.parse(
        (await read('0-9')) + (await read('10-')),
      ) as FakeFile;
      if (sizeBytes < 10) throw new Error('too short for this');
      const probe: Probe = {
        durationSeconds: seconds,
        startSeconds: 0,
        picture: picture
          ? { stream: 0, width: 640, height: 360, frameRate: { num: fps, den: 1 }, interlaced: false, hdr: false }
          : null,
        sound: Array.from({ length: sound }, (_, track) => ({
          stream: 1 + track,
          channels: 2,
          language: track === 0 ? 'en' : null,
          title: null,
        })),
        texts: texts.map((language, index) => {
          return { stream: 1 + sound + index, codec: 'subrip', language, title: null, forced: false, sdh: false };
        }),
        chapters: Array.from({ length: chapters }, (_, index) => {
          return { startSeconds: index, endSeconds: index + 1, title: `No. ${index + 1}` };
        }),
      };
      return probe;
    },

    async encodePiece({ plan, piece, folder }) {
      const left = Math.round(plan.probe.durationSeconds * fps) - piece.firstFrame;
      const frames = Math.min(left, piece.frames ?? left);
      if (frames <= 0) return [];
      const lengths = Array.from({ length: Math.ceil(frames / segmentFrames) }, (_, n) =>
        Math.min(segmentFrames, frames - n * segmentFrames),
      );
      return Promise.all(plan.renditions.map(({ name }) => part(name, fps, lengths, piece.index, folder)));
    },

    async *encodeSound({ plan, track, folder }) {
      for (let at = 0, number = 0; at < plan.probe.durationSeconds; at += soundPartSeconds, number += 1) {
        const seconds = Math.min(soundPartSeconds, plan.probe.durationSeconds - at);
        const lengths = Array.from({ length: Math.ceil(seconds / 2) }, (_, n) => Math.min(2, seconds - 2 * n) * 48_000);
        yield await part(`audio-${track}`, 48_000, lengths, number, folder);
      }
    },

    async drawPictures({ plan, folder }) {
      if (plan.probe.picture === null) return null;
      const [poster, sprite] = [join(folder, 'poster'), join(folder, 'sprite')];
      await writeFile(poster, 'the poster');
      await writeFile(sprite, 'the sprite');
      return { poster, storyboard: { sprites: [sprite], vtt: (url) => `WEBVTT ${url(0)}` } };
    },

    async extractTexts({ plan, folder }) {
      const texts = plan.probe.texts.map(async ({ language }, track) => {
        const file = join(folder, `text-${track}`);
        await writeFile(file, `the ${language} text`);
        return { track, file };
      });
      return Promise.all(texts);
    },
    ...changed,
  };
}

/** The plan of pieces of one segment, two, and then three each. */
export function fakePlan(probe: Probe): Plan {
  const pieces: Plan['pieces'] = [];
  const frames = probe.picture === null ? 0 : Math.round(probe.durationSeconds * fps);
  for (let firstFrame = 0; firstFrame < frames; ) {
    const index = pieces.length;
    const length = Math.min(3, index + 1) * segmentFrames;
    const isLast = firstFrame + length >= frames;
    pieces.push({ index, firstFrame, frames: isLast ? null : length });
    firstFrame += length;
  }
  const rendition = (name: string, width: number, height: number) => {
    return { name, width, height, crf: 23, maxBitsPerSecond: 1_000_000 };
  };
  const renditions = probe.picture === null ? [] : [rendition('240p', 426, 240), rendition('360p', 640, 360)];
  return { probe, renditions, gopFrames: 2 * fps, segmentFrames, pieces };
}

async function part(
  track: string,
  timescale: number,
  lengths: number[],
  n: number,
  folder: string,
): Promise<EncodedPart> {
  const init = Buffer.from(`<${track}>`);
  const file = join(folder, `${track}-${n}`);
  const texts = lengths.map((_, i) => `${track}/${n}.${i};`);
  await writeFile(file, texts.join(''));
  let start = 0;
  const segments = texts.map((text, i) => {
    const segment = { start, length: text.length, ticks: lengths[i] ?? 0, keyframes: [{ start, length: 1, ticks: 1 }] };
    start += text.length;
    return segment;
  });
  return { track, timescale, codecs: track.startsWith('audio') ? 'mp4a.40.2' : 'avc1.64001e', init, file, segments };
}
