import { readFileSync } from 'node:fs';
import { expect } from '@jest/globals';
import type { Plan } from '../../../src/domain/media.ts';
import { decode, packetsOf, type Track } from './encoded.ts';

/** When frames are shown, in order. */
export function timesOf(path: string): number[] {
  return packetsOf(path)
    .map(({ pts }) => pts)
    .sort((a, b) => a - b);
}

/**
 * A rendition is decoded without a complaint, its timestamps go on and its segments begin with key frames, also where pieces
 * join. Answers how many frames there are.
 */
export function checkPictures(plan: Plan, { parts, path }: Track): number {
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

/** A sound track of about so many seconds, gapless to the sample. */
export function checkSound({ parts, path }: Track, seconds: number): void {
  const packets = packetsOf(path);
  expect(packets.map(({ pts }) => pts)).toEqual(packets.map((_, index) => index * 1024));
  // ffprobe does not say how long the first packet of a fragmented file is.
  expect(packets.slice(1).every(({ duration }) => duration === 1024)).toBe(true);
  expect(decode(path).complaints).toBe('');
  expect(Math.abs((packets.length * 1024) / 48_000 - seconds)).toBeLessThan(1.6);
  const ticks = parts.flatMap(({ segments }) => segments.map((segment) => segment.ticks));
  expect(ticks.reduce((sum, each) => sum + each, 0)).toBe(packets.length * 1024);
}
