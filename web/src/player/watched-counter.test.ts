import { describe, expect, it } from '@jest/globals';
import { createWatchedCounter } from './watched-counter.ts';

describe('watched counter', () => {
  it('when a video plays, then counts what lies between the first and the last position', () => {
    const counter = createWatchedCounter();
    for (const position of [0, 0.25, 0.5, 1, 2.25]) counter.playing(position);
    expect(counter.seconds).toBe(2.25);
  });

  it('when it begins in the middle, then what lies before is not counted', () => {
    const counter = createWatchedCounter();
    counter.playing(100);
    counter.playing(101);
    expect(counter.seconds).toBe(1);
  });

  it('when the viewer seeks, forwards or back, then the jump is not counted and what is seen again is', () => {
    const counter = createWatchedCounter();
    counter.playing(0);
    counter.playing(4);
    counter.jumped();
    counter.playing(500);
    counter.playing(503);
    counter.jumped();
    counter.playing(0);
    counter.playing(2);
    expect(counter.seconds).toBe(9);
  });

  it('when it is paused, then the last stretch counts, and a seek before going on does not', () => {
    const counter = createWatchedCounter();
    counter.playing(10);
    counter.stopped(10.2);
    counter.playing(60);
    counter.playing(60.5);
    expect(counter.seconds).toBeCloseTo(0.7);
  });

  it('when a position goes back without a seek, then nothing is taken away', () => {
    const counter = createWatchedCounter();
    counter.playing(5);
    counter.playing(6);
    counter.playing(5.9);
    expect(counter.seconds).toBe(1);
  });
});
