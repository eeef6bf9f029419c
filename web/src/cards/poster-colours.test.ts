import { describe, expect, it } from '@jest/globals';
import { posterHues } from './poster-colours.ts';

describe('posterHues', () => {
  it('when asked twice for an id, then answers the same', () => {
    expect(posterHues('0199b1f2-8c3a-7d44-9a51-3f0f6c6a1b2e')).toEqual(
      posterHues('0199b1f2-8c3a-7d44-9a51-3f0f6c6a1b2e'),
    );
  });

  it('when ids differ in a digit, then their hues spread over the circle, the two of one at least 40 degrees apart', () => {
    const hues = Array.from({ length: 36 }, (_, index) =>
      posterHues(`0199b1f2-8c3a-7d44-9a51-3f0f6c6a1b${10 + index}`),
    );
    expect(new Set(hues.map(([first]) => Math.floor(first / 60))).size).toBe(6);
    for (const [first, second] of hues) {
      expect(first).toBeLessThan(360);
      expect(second).toBeLessThan(360);
      const apart = Math.abs(first - second);
      expect(Math.min(apart, 360 - apart)).toBeGreaterThanOrEqual(40);
    }
  });
});
