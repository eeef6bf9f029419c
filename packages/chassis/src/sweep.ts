import type { Logger } from './logger.ts';
import { delay } from './messaging/backoff.ts';
import type { Resource } from './service.ts';

/**
 * Work that is done every so often beside everything else, such as removing what has expired. A Resource that is always
 * usable: a run that fails is logged, and the next one does its work as well.
 *
 * @param o.work removes what there is to remove and answers how much that was; ends early when the signal is aborted
 * @param o.everySeconds from the end of one run to the next, ±20 %; the first run comes after a tenth of that
 */
export function createSweep(o: {
  name: string;
  everySeconds: number;
  work(signal: AbortSignal): Promise<number>;
  logger: Logger;
}): Resource {
  const { name, logger } = o;
  const stopping = new AbortController();
  let loop: Promise<void> | undefined;

  // Jitter, so that the replicas of a service do not all sweep at the same instant.
  const pause = (seconds: number) => delay(seconds * 1000 * (0.8 + Math.random() * 0.4), stopping.signal);

  async function run(): Promise<void> {
    await pause(o.everySeconds / 10);
    while (!stopping.signal.aborted) {
      try {
        const swept = await o.work(stopping.signal);
        if (swept > 0) logger.info({ sweep: name, swept }, 'swept');
      } catch (err) {
        if (!stopping.signal.aborted) logger.warn({ err, sweep: name }, 'a sweep failed, the next one does its work');
      }
      await pause(o.everySeconds);
    }
  }

  return {
    name,
    start: async () => {
      loop ??= run();
    },
    check: async () => {},
    stop: async () => {
      stopping.abort();
      await loop;
    },
  };
}
