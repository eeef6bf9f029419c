import { describe, expect, it } from '@jest/globals';
import { digest, type Report } from './watching.ts';

const report = (given: Partial<Report> = {}): Report => ({
  viewerId: 'viewer',
  videoId: 'video',
  sessionId: 'session',
  positionSeconds: 0,
  watchedSeconds: 0,
  durationSeconds: undefined,
  at: new Date('2026-03-01T12:30:00Z'),
  ...given,
});
const unfinished = (positionSeconds: number, durationSeconds?: number) =>
  digest([report({ positionSeconds, durationSeconds })], new Map()).watchings[0]?.unfinished;
const counts = (watchedSeconds: number, durationSeconds?: number, known?: number) =>
  digest([report({ watchedSeconds, durationSeconds })], new Map(known === undefined ? [] : [['video', known]]))
    .candidates.length === 1;

describe('a watching', () => {
  it.each([
    [4.9, 600, false],
    [5, 600, true],
    [569, 600, true],
    [570, 600, false],
    [0.9, 20, false],
    [1, 20, true],
    [19, 20, false],
    [4.9, undefined, false],
    [5, undefined, true],
    [50_000, undefined, true],
  ])('at %d s of %s is unfinished: %s', (position, duration, expected) => {
    expect(unfinished(position, duration)).toBe(expected);
  });

  it('never lies behind the end of its video', () => {
    expect(digest([report({ positionSeconds: 99 })], new Map([['video', 60]])).watchings[0]?.positionSeconds).toBe(60);
  });

  it('is the newest of a viewer and a video, in whatever order they are told', () => {
    const [old, late] = [1, 2].map((n) => report({ positionSeconds: n, at: new Date(n) })) as [Report, Report];
    for (const reports of [
      [old, late],
      [late, old],
    ]) {
      expect(digest(reports, new Map()).watchings).toMatchObject([{ positionSeconds: 2, watchedAt: new Date(2) }]);
    }
  });
});

describe('a view', () => {
  it.each([
    [9.9, undefined, undefined, false],
    [10, undefined, undefined, true],
    [10, 3600, undefined, true],
    [2.9, 6, undefined, false],
    [3, 6, undefined, true],
    [3, 6, 600, false],
    [3, 600, 6, true],
    [0, 0.0001, undefined, false],
  ])('of %d s of a video of %s s, where the catalogue says %s, counts: %s', (watched, told, known, expected) => {
    expect(counts(watched, told, known)).toBe(expected);
  });

  it('is a candidate once an hour and session, at the time when enough was watched', () => {
    const at = (time: string, sessionId = 'session') =>
      report({ watchedSeconds: 20, sessionId, at: new Date(`2026-03-01T${time}Z`) });
    const { candidates } = digest(
      [at('12:40:00'), at('12:20:00'), at('12:59:59.999'), at('13:00:00'), at('12:30:00', 'other')],
      new Map(),
    );
    expect(candidates.map(({ sessionId, at: when }) => [sessionId, when.toISOString().slice(11, 19)])).toEqual([
      ['session', '12:20:00'],
      ['other', '12:30:00'],
      ['session', '13:00:00'],
    ]);
  });
});
