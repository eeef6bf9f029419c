import { describe, expect, it } from '@jest/globals';
import { createPlaybackQuality } from './playback-quality.ts';

function session() {
  let time = 1000;
  const quality = createPlaybackQuality(() => time);
  return {
    quality,
    after: (milliseconds: number) => {
      time += milliseconds;
      return quality;
    },
  };
}

describe('createPlaybackQuality', () => {
  it('when it begins to play, then the time since it was asked to is the start-up, and waiting before is no stall', () => {
    const { quality, after } = session();
    quality.wanted();
    after(100).waiting();
    after(700).playing();
    after(5000).playing();
    expect(quality.figures()).toEqual({ startupSeconds: 0.8, stalls: 0, stalledSeconds: 0, errors: 0 });
  });

  it('when it waits while it plays, then each time counts once, with how long it took; one that lasts counts too', () => {
    const { quality, after } = session();
    quality.wanted();
    quality.playing();
    after(1000).waiting();
    after(200).waiting();
    after(300).playing();
    after(1000).waiting();
    after(250);
    expect(quality.figures()).toMatchObject({ stalls: 2, stalledSeconds: 0.75 });
  });

  it('when it jumps, then the waiting for it is no stall; afterwards it is one again', () => {
    const { quality, after } = session();
    quality.wanted();
    quality.playing();
    quality.excused();
    quality.waiting();
    after(900).arrived();
    expect(quality.figures()).toMatchObject({ stalls: 0, stalledSeconds: 0 });
    quality.waiting();
    expect(quality.figures().stalls).toBe(1);
  });

  it('when nothing was played, then there is no start-up time', () => {
    const { quality } = session();
    quality.failed();
    expect(quality.figures()).toEqual({ stalls: 0, stalledSeconds: 0, errors: 1 });
  });
});
