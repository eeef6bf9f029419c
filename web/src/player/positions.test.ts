import { describe, expect, it } from '@jest/globals';
import { type Answer, type Left, leftAt, parsePositions, resumeAt } from './positions.ts';

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

describe('where a video was left', () => {
  const now = Date.parse('2026-03-01T12:00:00Z');
  const left = (seconds: number, minutesAgo: number): Left => ({ seconds, at: now - minutesAgo * 60_000 });

  it.each<[string, Left | undefined, Answer, number | null]>([
    ['nothing is known, and the server has not answered', undefined, 'pending', null],
    ['it was long ago, and the server has not answered', left(27, 5), 'pending', null],
    ['it was just now, and the server has not answered', left(27, 0.5), 'pending', 27],
    ['it was just now, and the server has not heard of it', left(27, 0.5), left(4, 9), 27],
    ['the server fails', left(27, 50_000), 'failed', 27],
    ['the server fails, and nothing is known', undefined, 'failed', 0],
    ['the server knows something later', left(27, 5), left(90, 4), 90],
    ['the server knows something earlier', left(27, 5), left(90, 6), 27],
    ['only the server knows', undefined, left(90, 6), 90],
    ['nobody knows', undefined, null, 0],
    ['the server has not learned of it for a while', left(27, 30), null, 27],
    ['the server says that there is nothing left of it any more', left(27, 90), null, 0],
    ['the clock was set back', left(27, -90), null, 0],
  ])('when %s', (_when, here, there, seconds) => {
    expect(leftAt(here, there, now)).toBe(seconds);
  });

  it('is read from what was kept, without what is no position', () => {
    expect(parsePositions('{"a":{"seconds":27.5,"at":9},"b":{"seconds":-1,"at":9},"c":7,"d":null}')).toEqual({
      a: { seconds: 27.5, at: 9 },
    });
    for (const text of [null, '', '{', '7', 'null']) expect(parsePositions(text)).toEqual({});
  });
});
