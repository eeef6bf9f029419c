/** How `npm start` is asked to stop. */
export interface Stopping {
  /** Aborted at the first signal. */
  signal: AbortSignal;
  /** Resolves at the first signal. */
  asked: Promise<void>;
}

// One press of Ctrl-C reaches us up to three times: from the terminal, from npm and from the script that runs us.
const onePressMs = 1_000;

/**
 * Listens for Ctrl-C, SIGTERM, SIGHUP (a terminal that is closed) and for the death of the script that runs us.
 * `onSecond` is called when someone presses again, since they do not want to wait.
 */
export function listenForStop(onFirst: () => void, onSecond: () => void): Stopping {
  const controller = new AbortController();
  let firstAt: number | undefined;
  const stop = () => {
    if (firstAt === undefined) {
      firstAt = Date.now();
      onFirst();
      controller.abort();
    } else if (Date.now() - firstAt > onePressMs) {
      onSecond();
    }
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  process.once('disconnect', stop);
  // Waiting for that must not keep us alive by itself.
  process.channel?.unref();
  // The terminal may be gone before we have said our last.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  const asked = new Promise<void>((resolve) => {
    controller.signal.addEventListener('abort', () => resolve());
  });
  return { signal: controller.signal, asked };
}
