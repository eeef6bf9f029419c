import { loadSettings, settings } from '../config.ts';
import { SetupError } from '../errors.ts';
import { withoutSecrets } from '../logger.ts';
import type { Service } from '../service.ts';
import { startTracing, type Tracing } from '../tracing.ts';

const signals = ['SIGTERM', 'SIGINT'] as const;
const stillHeldMs = 5_000;
/** One Ctrl-C comes twice to a child: from the terminal and from its parent. That is no second wish. */
const sameWishMs = 1_000;

/**
 * A process around one service: starts it and the recording of its traces, stops it at SIGTERM or SIGINT (a second one
 * waits for no work in hand), and when something that nobody foresaw is thrown. Where others are sent here until they
 * hear of the end, as in Kubernetes, DRAIN_SECONDS says how long it works on after the signal. A failure sets `process.exitCode`; the process ends by itself when
 * nothing holds it any more.
 */
export async function runService(create: () => Service | Promise<Service>): Promise<void> {
  let service: Service | undefined;
  let tracing: Tracing | undefined;
  let signalledAt: number | undefined;
  let hasten = false;
  let drainSeconds = 0;

  async function stop(options: { hasten?: boolean; drainSeconds?: number } = {}): Promise<void> {
    try {
      await service?.stop(options);
    } catch (error) {
      report(error, 'stopping failed');
    }
    await tracing?.stop();
    for (const signal of signals) process.off(signal, onSignal);
    sayWhatHoldsUs();
  }

  function onSignal(): void {
    signalledAt ??= performance.now();
    hasten = performance.now() - signalledAt > sameWishMs;
    void stop({ hasten, drainSeconds });
  }

  function onUnforeseen(error: unknown): void {
    report(error, 'unforeseen error');
    void stop();
  }

  function report(error: unknown, message: string): void {
    process.exitCode = 1;
    if (service !== undefined) service.logger.fatal({ err: error }, message);
    else process.stderr.write(`${wordsOf(error)}\n`);
  }

  function sayWhatHoldsUs(): void {
    const say = () => service?.logger.warn({ holds: process.getActiveResourcesInfo() }, 'stopped, but held');
    setTimeout(say, stillHeldMs).unref();
  }

  for (const signal of signals) process.on(signal, onSignal);
  process.on('uncaughtException', onUnforeseen);
  process.on('unhandledRejection', onUnforeseen);

  try {
    drainSeconds = readDrainSeconds(process.env);
    service = await create();
    const { name, door, logger } = service;
    tracing = await startTracing({ service: name, env: process.env, door, logger });
    if (signalledAt === undefined) await service.start();
    else await stop();
  } catch (error) {
    process.exitCode = 1;
    process.stderr.write(`${wordsOf(error)}\n`);
    await stop();
  }
}

function readDrainSeconds(env: NodeJS.ProcessEnv): number {
  const meaning = 'seconds to work on after a signal to stop, until nobody sends requests here any more';
  return loadSettings({ DRAIN_SECONDS: settings.seconds(meaning, 0) }, env).DRAIN_SECONDS;
}

/** A stack only for what is our own mistake. */
function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return withoutSecrets(String(error));
  return withoutSecrets(error instanceof SetupError ? error.message : (error.stack ?? error.message));
}
