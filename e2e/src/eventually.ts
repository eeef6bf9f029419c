import { setTimeout as delay } from 'node:timers/promises';

/**
 * Asks until the answer is as wanted. From outside the system there is nothing that could tell when an event has
 * had its effect, so this asks again, every 100 ms, and fails with the last answer when `seconds` are over.
 */
export async function eventually<T>(ask: () => Promise<T>, wanted: (answer: T) => boolean, seconds = 20): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const outcome = await ask().then(
      (answer) => ({ answer }),
      (error: unknown) => ({ error }),
    );
    if ('answer' in outcome && wanted(outcome.answer)) return outcome.answer;
    if (Date.now() > deadline) {
      throw new Error(`not so within ${seconds} s; the last answer: ${JSON.stringify(outcome)}`);
    }
    await delay(100);
  }
}
