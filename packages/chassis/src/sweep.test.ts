import { describe, expect, it } from '@jest/globals';
import { createLogger } from './logger.ts';
import { createSweep } from './sweep.ts';

const logger = createLogger({ service: 'test', level: 'silent' });

/** Resolves when `work` has been called `times` times. */
function counted(times: number, work: (call: number) => Promise<number>) {
  const { promise, resolve } = Promise.withResolvers<void>();
  let calls = 0;
  return {
    done: promise,
    work: () => {
      calls += 1;
      if (calls === times) resolve();
      return work(calls);
    },
  };
}

describe('a sweep', () => {
  it('works again and again, also after a run that failed', async () => {
    const { done, work } = counted(3, async (call) => {
      if (call === 1) throw new Error('not now');
      return 1;
    });
    const sweep = createSweep({ name: 'sweep', everySeconds: 0.001, work, logger });
    await sweep.start();
    await done;
    await sweep.stop();
  });

  it('waits at stop for the run in hand, which is told to end', async () => {
    const begun = Promise.withResolvers<void>();
    let ended = false;
    const sweep = createSweep({
      name: 'sweep',
      everySeconds: 0.001,
      logger,
      work: async (signal) => {
        begun.resolve();
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        ended = true;
        return 0;
      },
    });
    await sweep.start();
    await begun.promise;
    await sweep.stop();
    expect(ended).toBe(true);
  });

  it('stops at once between two runs, and when it never started', async () => {
    const sweep = createSweep({ name: 'sweep', everySeconds: 3600, work: async () => 0, logger });
    await sweep.start();
    await sweep.stop();
    await createSweep({ name: 'sweep', everySeconds: 3600, work: async () => 0, logger }).stop();
  });
});
