import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Probe } from './media.ts';
import { planOf } from './plan.ts';

const probe = (durationSeconds: number, num = 30, den = 1): Probe => ({
  durationSeconds,
  startSeconds: 0,
  picture: { stream: 0, width: 320, height: 180, frameRate: { num, den }, interlaced: false, hdr: false },
  sound: [],
  texts: [],
  chapters: [],
});

describe('planOf', () => {
  it('62 s: one segment, two, then four each, and smaller ones at the end, the last of them open', () => {
    const { gopFrames, segmentFrames, pieces } = planOf(probe(62));
    expect({ gopFrames, segmentFrames }).toEqual({ gopFrames: 60, segmentFrames: 120 });
    expect(pieces).toEqual([
      { index: 0, firstFrame: 0, frames: 120 },
      { index: 1, firstFrame: 120, frames: 240 },
      { index: 2, firstFrame: 360, frames: 480 },
      { index: 3, firstFrame: 840, frames: 360 },
      { index: 4, firstFrame: 1200, frames: 240 },
      { index: 5, firstFrame: 1440, frames: 240 },
      { index: 6, firstFrame: 1680, frames: 120 },
      { index: 7, firstFrame: 1800, frames: null },
    ]);
  });

  it('a small rest goes with the piece before it', () => {
    expect(planOf(probe(13.9)).pieces.map(({ frames }) => frames)).toEqual([120, 120, null]);
    expect(planOf(probe(14)).pieces.map(({ frames }) => frames)).toEqual([120, 120, 120, null]);
  });

  it('one frame: one piece', () => {
    expect(planOf(probe(0.04)).pieces).toEqual([{ index: 0, firstFrame: 0, frames: null }]);
  });

  it('30000/1001: groups of 60 frames', () => {
    expect(planOf(probe(10, 30_000, 1001)).gopFrames).toBe(60);
  });

  it('sound alone: nothing to draw', () => {
    const sound = { ...probe(60), picture: null };
    expect(planOf(sound)).toEqual({ probe: sound, renditions: [], gopFrames: 0, segmentFrames: 0, pieces: [] });
  });

  it('any length: pieces follow on one another, begin with a segment and before the end, and only the last is open', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 20_000, noNaN: true }), fc.integer({ min: 1, max: 60 }), (seconds, rate) => {
        const { pieces, segmentFrames } = planOf(probe(seconds, rate));
        let next = 0;
        for (const [index, { firstFrame, frames, ...piece }] of pieces.entries()) {
          expect({ index: piece.index, firstFrame }).toEqual({ index, firstFrame: next });
          expect(firstFrame % segmentFrames).toBe(0);
          expect(firstFrame === 0 || firstFrame < seconds * rate).toBe(true);
          expect(frames === null).toBe(index === pieces.length - 1);
          next += frames ?? 0;
        }
      }),
    );
  });
});
