import { describe, expect, it } from '@jest/globals';
import { DomainError } from '../errors.ts';
import { backoff, delay } from './backoff.ts';
import { defaultRetryPolicy, persevere } from './failures.ts';

const policy = { ...defaultRetryPolicy, transientFirstMs: 1, transientMaxMs: 4, firstMs: 1 };
const unavailable = new DomainError('unavailable', 'Not now.');

function trying(...outcomes: unknown[]) {
  const tried: string[] = [];
  const failures: { error: unknown; nextInMs: number | undefined }[] = [];
  let attempts = 0;
  const stop = new AbortController();
  const run = (change: Partial<typeof policy> = {}) =>
    persevere(
      async () => {
        const outcome = outcomes[attempts];
        attempts += 1;
        if (outcome) throw outcome;
      },
      {
        policy: { ...policy, ...change },
        signal: stop.signal,
        onFailure: (error, nextInMs) => failures.push({ error, nextInMs }),
        onTried: (outcome) => tried.push(outcome),
      },
    );
  return { run, stop, failures, tried, attempts: () => attempts };
}

describe('persevere', () => {
  it('when the first attempt works, then it is applied', async () => {
    const work = trying();

    expect(await work.run()).toEqual({ kind: 'applied' });
    expect(work.failures).toEqual([]);
    expect(work.tried).toEqual(['applied']);
  });

  it('when it fails as unavailable many times and then works, then it is applied', async () => {
    const work = trying(...Array(30).fill(unavailable));

    expect(await work.run()).toEqual({ kind: 'applied' });
    expect(work.attempts()).toBe(31);
  });

  it('when it keeps failing otherwise, then it is poison after the fifth try, with the reason', async () => {
    const work = trying(...Array(9).fill(new RangeError('too far')));

    expect(await work.run()).toEqual({ kind: 'poison', reason: 'RangeError: too far' });
    expect(work.attempts()).toBe(5);
    expect(work.failures.at(-1)?.nextInMs).toBeUndefined();
    expect(work.tried).toEqual(['retried', 'retried', 'retried', 'retried', 'dead-lettered']);
  });

  it('when a reason names an address with its password, then the reason is without', async () => {
    const work = trying(...Array(5).fill(new Error('no answer of amqp://flixtube:hunter2@rabbitmq:5672')));

    const reason = 'Error: no answer of amqp://[secret]@rabbitmq:5672';
    expect(await work.run()).toEqual({ kind: 'poison', reason });
  });

  it('when a reason is endless, then it is cut to what a header may hold', async () => {
    const work = trying(...Array(5).fill(new Error('x'.repeat(100_000))));

    const outcome = await work.run();

    expect(outcome.kind === 'poison' && outcome.reason.length).toBe(1_000);
  });

  it('when transient failures come between others, then only the others are counted', async () => {
    const broken = new Error('broken');
    const work = trying(broken, unavailable, broken, unavailable, broken, unavailable, broken, unavailable);

    expect(await work.run()).toEqual({ kind: 'applied' });
    expect(work.attempts()).toBe(9);
  });

  it('when transient trouble would last longer than a message may be held, then it is held', async () => {
    const work = trying(...Array(100).fill(unavailable));

    expect(await work.run({ maxHoldMs: 0 })).toEqual({ kind: 'held' });
    expect(work.attempts()).toBe(1);
  });

  it('when it is aborted during a wait, then it is abandoned at once', async () => {
    const work = trying(...Array(100).fill(unavailable));

    const outcome = work.run({ transientFirstMs: 100_000, transientMaxMs: 100_000 });
    work.stop.abort();

    expect(await outcome).toEqual({ kind: 'abandoned' });
  });

  it('when it is aborted before, then nothing is attempted', async () => {
    const work = trying();
    work.stop.abort();

    expect(await work.run()).toEqual({ kind: 'abandoned' });
    expect(work.attempts()).toBe(0);
  });

  it('when what is thrown is no error, then it is poison all the same', async () => {
    const work = trying(...Array(5).fill('a string'));

    expect(await work.run()).toEqual({ kind: 'poison', reason: 'a string' });
  });
});

describe('backoff', () => {
  it('when failures go on, then waits double from the first to the longest, give or take a fifth', () => {
    for (const [failures, middle] of [
      [1, 1_000],
      [2, 2_000],
      [5, 16_000],
      [6, 30_000],
      [5_000, 30_000],
    ] as const) {
      const wait = backoff(failures, 1_000, 30_000);
      expect(wait).toBeGreaterThanOrEqual(middle * 0.8);
      expect(wait).toBeLessThanOrEqual(middle * 1.2);
    }
  });
});

describe('delay', () => {
  it('when its signal is aborted, then it resolves at once and leaves no listener behind', async () => {
    const stop = new AbortController();

    await delay(1, stop.signal);
    const waiting = delay(100_000, stop.signal);
    stop.abort();

    await expect(waiting).resolves.toBeUndefined();
    await expect(delay(100_000, stop.signal)).resolves.toBeUndefined();
  });
});
