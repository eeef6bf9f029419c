import { describe, expect, it } from '@jest/globals';
import { resumeAt } from './positions.ts';

describe('resumeAt', () => {
  it.each([
    ['in the middle', 120, 600, 120],
    ['in the middle of one of unknown length', 120, null, 120],
    ['hardly begun', 2, 600, 0],
    ['in the last ten seconds of a long one', 592, 600, 0],
    ['just before the last ten seconds of a long one', 585, 600, 585],
    ['near the end of a short one, with a good part left', 24, 30, 24],
    ['at the end of a short one', 28.5, 30, 0],
    ['beyond the end', 700, 600, 0],
  ])('when it was left %s, at %d of %s s, then begins at %d', (_where, position, duration, start) => {
    expect(resumeAt(position, duration)).toBe(start);
  });
});
