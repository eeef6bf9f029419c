import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { frameRateOf } from './frame-rate.ts';

describe('frameRateOf', () => {
  it.each([
    ['24000/1001', 24000, 1001, 24000, 1001],
    ['24', 24, 1, 24, 1],
    ['29.97 as 2997/100', 2997, 100, 30000, 1001],
    ['30', 30, 1, 30, 1],
    ['a telephone that means 30', 3_120_000, 104_123, 30000, 1001],
    ['60 and a hair', 60_200, 1000, 60, 1],
    ['120: every second frame', 120, 1, 60, 1],
    ['119.88: every second frame', 120_000, 1001, 60000, 1001],
    ['90: every second frame', 90, 1, 45, 1],
    ['61: every second frame', 61, 1, 61, 2],
    ['15: as it is', 15, 1, 15, 1],
    ['12.3456: to a thousandth', 123_456, 10_000, 6173, 500],
    ['a slide show', 1, 10, 1, 1],
    ['nothing known', 0, 0, 25, 1],
    ['no sense', -5, 1, 25, 1],
    ['a timescale in place of a rate', 90_000_000, 1, 25, 1],
  ])('%s', (_title, num, den, expectedNum, expectedDen) => {
    expect(frameRateOf({ num, den })).toEqual({ num: expectedNum, den: expectedDen });
  });

  it('any rate: whole numbers, from 1 to 60, near the rate or a whole part of it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400_000 }), fc.integer({ min: 1, max: 2000 }), (num, den) => {
        const made = frameRateOf({ num, den });
        const rate = made.num / made.den;
        expect([Number.isInteger(made.num), Number.isInteger(made.den)]).toEqual([true, true]);
        expect(rate).toBeGreaterThanOrEqual(1);
        expect(rate).toBeLessThanOrEqual(60);
        if (num / den < 1) return;
        const times = num / den / rate;
        expect(Math.abs(times / Math.round(times) - 1)).toBeLessThan(0.0052);
      }),
    );
  });
});
