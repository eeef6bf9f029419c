import type { Progress } from '@flixtube/contracts/http/progress';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { createProgressReporter, type ProgressReporter } from './progress-reporter.ts';

let clock: number;
let sent: Progress[];
let duration: number | null;
let sessions: number;
let reporter: ProgressReporter;

beforeEach(() => {
  [clock, sent, duration, sessions] = [1_000_000, [], 60, 0];
  reporter = createProgressReporter({
    send: (progress) => sent.push(progress),
    newSessionId: () => `session-${++sessions}`,
    durationSeconds: () => duration,
    now: () => clock,
  });
});

/** Plays for some seconds of the clock, four events a second, as browsers do. */
function play(from: number, seconds: number, rate = 1) {
  for (let passed = 0; passed <= seconds; passed += 0.25) {
    reporter.playing(from + passed * rate);
    if (passed < seconds) clock += 250;
  }
}

describe('progress reporter', () => {
  it('when a video plays for 12 s, then tells twice, each time all that was watched', () => {
    play(0, 12);
    expect(sent).toEqual([
      { sessionId: 'session-1', positionSeconds: 5, watchedSeconds: 5, durationSeconds: 60 },
      { sessionId: 'session-1', positionSeconds: 10, watchedSeconds: 10, durationSeconds: 60 },
    ]);
  });

  it('when it plays at double speed, then tells every five seconds of the clock, in seconds of the video', () => {
    play(0, 5, 2);
    expect(sent).toMatchObject([{ positionSeconds: 10, watchedSeconds: 10 }]);
  });

  it('when it is paused, then tells at once, and the page going away adds nothing', () => {
    play(0, 2);
    reporter.paused(2.1);
    reporter.flush(2.1);
    expect(sent).toMatchObject([{ positionSeconds: 2.1, watchedSeconds: 2.1 }]);
  });

  it('when the viewer seeks, then tells where to, and the jump is not watched', () => {
    play(0, 2);
    reporter.seeking();
    reporter.seeked(40);
    play(40, 1);
    reporter.flush(41);
    expect(sent).toMatchObject([
      { positionSeconds: 40, watchedSeconds: 2 },
      { positionSeconds: 41, watchedSeconds: 3 },
    ]);
  });

  it('when nothing was played, then a seek and a closed page tell nothing', () => {
    reporter.seeking();
    reporter.seeked(40);
    reporter.flush(40);
    expect(sent).toEqual([]);
  });

  it('when it is played again after its end, then that is a session of its own that begins at nothing', () => {
    play(0, 3);
    reporter.paused(3);
    reporter.restarted();
    play(0, 1);
    reporter.paused(1);
    expect(sent).toMatchObject([
      { sessionId: 'session-1', watchedSeconds: 3 },
      { sessionId: 'session-2', watchedSeconds: 1 },
    ]);
  });

  it('when the duration is not known, then it is left out', () => {
    duration = null;
    play(0, 1);
    reporter.paused(1);
    expect(sent[0]).not.toHaveProperty('durationSeconds');
  });

  it('when it breaks before anything was played, then that is told, once; what only waits tells nothing', () => {
    let errors = 0;
    reporter = createProgressReporter({
      send: (progress) => sent.push(progress),
      newSessionId: () => 'session',
      durationSeconds: () => null,
      figures: () => ({ stalls: 0, stalledSeconds: 0, errors }),
      now: () => clock,
    });
    reporter.flush(0);
    expect(sent).toEqual([]);
    errors = 1;
    reporter.failed(0);
    reporter.flush(0);
    expect(sent).toEqual([
      { sessionId: 'session', positionSeconds: 0, watchedSeconds: 0, stalls: 0, stalledSeconds: 0, errors: 1 },
    ]);
  });
});
