import { beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PlaybackQuality, type QualityReport } from './playback-quality.ts';

const session = { videoId: 'v', viewerId: 'w', sessionId: 's' };
const first = { ...session, watchedSeconds: 5, startupSeconds: 0.4, stalls: 0, stalledSeconds: 0, errors: 0 };

describe('PlaybackQuality', () => {
  let counted: {
    sessions: number;
    watched: number;
    startups: number[];
    stalls: number;
    stalled: number;
    errors: number;
  };
  let quality: PlaybackQuality;
  const create = (mostSessions?: number) =>
    new PlaybackQuality({
      ...(mostSessions === undefined ? {} : { mostSessions }),
      counters: {
        sessionBegan: () => {
          counted.sessions += 1;
        },
        watched: (seconds) => {
          counted.watched += seconds;
        },
        startedUp: (seconds) => void counted.startups.push(seconds),
        stalled: (times, seconds) => {
          counted.stalls += times;
          counted.stalled += seconds;
        },
        failed: (times) => {
          counted.errors += times;
        },
      },
    });

  beforeEach(() => {
    counted = { sessions: 0, watched: 0, startups: [], stalls: 0, stalled: 0, errors: 0 };
    quality = create();
  });

  it('when a session tells again and again, then only what is new counts', () => {
    quality.note(first);
    quality.note({ ...first, watchedSeconds: 10, stalls: 2, stalledSeconds: 3 });
    quality.note({ ...first, watchedSeconds: 15, stalls: 3, stalledSeconds: 3.5, errors: 1 });
    expect(counted).toEqual({ sessions: 1, watched: 15, startups: [0.4], stalls: 3, stalled: 3.5, errors: 1 });
  });

  it('when reports come twice and in any order, then the sum is that of the last', () => {
    const reports = [0, 1, 2, 3, 4].map(
      (n): QualityReport => ({ ...first, watchedSeconds: 5 * n, stalls: n, stalledSeconds: 2 * n, errors: n }),
    );
    fc.assert(
      fc.property(fc.shuffledSubarray([...reports, ...reports], { minLength: 10 }), (shuffled) => {
        counted = { sessions: 0, watched: 0, startups: [], stalls: 0, stalled: 0, errors: 0 };
        quality = create();
        for (const report of shuffled) quality.note(report);
        expect(counted).toEqual({ sessions: 1, watched: 20, startups: [0.4], stalls: 4, stalled: 8, errors: 4 });
      }),
    );
  });

  it('when the first picture comes after the first report, then its start-up counts then', () => {
    quality.note({ ...session, watchedSeconds: 0 });
    quality.note(first);
    expect(counted.startups).toEqual([0.4]);
  });

  it('when two viewers call their sessions the same, then both count', () => {
    quality.note(first);
    quality.note({ ...first, viewerId: 'x' });
    quality.note({ ...first, videoId: 'y' });
    expect(counted.sessions).toBe(3);
  });

  it('when a session is heard of in its middle, then only what comes from then on counts', () => {
    quality.note({ ...first, watchedSeconds: 600, stalls: 7, stalledSeconds: 20, errors: 2 });
    quality.note({ ...first, watchedSeconds: 605, stalls: 8, stalledSeconds: 21, errors: 2 });
    expect(counted).toEqual({ sessions: 0, watched: 5, startups: [], stalls: 1, stalled: 1, errors: 0 });
  });

  it('when there are more sessions than are remembered, then the one not heard of for longest is forgotten', () => {
    quality = create(2);
    for (const sessionId of ['a', 'b', 'a', 'c', 'a']) quality.note({ ...first, sessionId });
    expect(counted.sessions).toBe(3);
    quality.note({ ...first, sessionId: 'b' });
    expect(counted.sessions).toBe(4);
  });
});
