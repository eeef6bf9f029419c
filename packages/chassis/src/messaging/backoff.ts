/** Milliseconds before the try after `failures` (1, 2, ...) failed ones: doubles from `first` up to `max`, ±20 %. */
export function backoff(failures: number, first: number, max: number): number {
  const delay = Math.min(max, first * 2 ** Math.min(failures - 1, 20));
  // Jitter, so that the replicas of a service do not all come back at the same instant.
  return delay * (0.8 + Math.random() * 0.4);
}

/** Resolves after `ms`, or at once when the signal is or gets aborted. */
export function delay(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
  });
}

/** Waits for `work`, but at most `ms`: what does not end is left behind. Never rejects; tells whether it ended. */
export async function atMost(ms: number, work: Promise<unknown>): Promise<boolean> {
  const enough = new AbortController();
  const ended = await Promise.race([
    work.then(
      () => true,
      () => true,
    ),
    delay(ms, enough.signal).then(() => false),
  ]);
  enough.abort();
  return ended;
}
