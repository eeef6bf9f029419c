import type { Logger } from '../logger.ts';
import type { Service } from '../service.ts';

const signals = ['SIGTERM', 'SIGINT'] as const;

/**
 * A process around one service: starts it, stops it at SIGTERM or SIGINT (at once at a second one), and when something
 * unforeseen is thrown. A failure sets `process.exitCode`; the process ends by itself when nothing holds it any more.
 */
export async function runService(create: () => Service | Promise<Service>): Promise<void> {
  let service: Service | undefined;
  let stopRequests = 0;

  function stop(): void {
    stopRequests++;
    void service
      ?.stop({ hasten: stopRequests > 1 })
      .then(release, (error) => fail(service?.logger, error, 'stopping failed'));
  }

  function unforeseen(error: unknown): void {
    fail(service?.logger, error, 'unforeseen error: stopping');
    void service?.stop().then(release, () => {});
  }

  function release(): void {
    for (const signal of signals) process.off(signal, stop);
    process.off('uncaughtException', unforeseen);
    process.off('unhandledRejection', unforeseen);
  }

  for (const signal of signals) process.on(signal, stop);
  process.on('uncaughtException', unforeseen);
  process.on('unhandledRejection', unforeseen);

  try {
    service = await create();
    if (stopRequests > 0) return release();
    await service.start();
  } catch (error) {
    release();
    process.exitCode = 1;
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    await service?.stop();
  }
}

function fail(logger: Logger | undefined, error: unknown, message: string): void {
  process.exitCode = 1;
  if (logger !== undefined) logger.fatal({ err: error }, message);
  else process.stderr.write(`${message}: ${error instanceof Error ? error.stack : String(error)}\n`);
}
