import { describe, expect, it } from '@jest/globals';
import { chapterAt, chapterFrom } from './chapters.ts';

const chapters = [
  { start: 1, end: 10, title: 'Dawn' },
  { start: 10, end: 20, title: 'Noon' },
  { start: 20, end: 30, title: 'Dusk' },
];

describe('chapterAt', () => {
  it.each([
    [0, -1],
    [1, 0],
    [9.99, 0],
    [10, 1],
    [99, 2],
  ])('when %s s are played, then it is the one of index %s', (seconds, index) => {
    expect(chapterAt(chapters, seconds)).toBe(index);
  });
});

describe('chapterFrom', () => {
  it.each([
    [0, 1, 'Dawn'],
    [5, 1, 'Noon'],
    [25, 1, undefined],
    [15, -1, 'Noon'],
    [12.9, -1, 'Dawn'],
    [13, -1, 'Noon'],
    [1.5, -1, 'Dawn'],
    [0, -1, 'Dawn'],
  ] as const)('when one goes from %s s by %s, then to %s', (seconds, step, title) => {
    expect(chapterFrom(chapters, seconds, step)?.title).toBe(title);
  });

  it('when there are none, then it goes nowhere', () => {
    expect(chapterFrom([], 5, 1)).toBeUndefined();
    expect(chapterFrom([], 5, -1)).toBeUndefined();
  });
});
