import type { Secret } from './config.ts';
import type { Logger } from './logger.ts';
import { atMost } from './messaging/backoff.ts';
import { recordWith } from './trace.ts';
import { readTracingSettings } from './tracing/settings.ts';

/** What is not sent within this time, when the process ends, is lost. */
const farewellMs = 2_000;

/** The recording of traces of this process. */
export interface Tracing {
  /** Sends what waits, for two seconds at most, and records nothing any more. */
  stop(): Promise<void>;
}

/**
 * Records the traces of this process and sends them where OTEL_EXPORTER_OTLP_ENDPOINT says; does nothing, at no cost,
 * where it is not set. See docs/decisions/0017-traces-by-hand.md.
 *
 * @param o.door at the public door, what chooses which traces are recorded, since there callers may not
 * @throws SettingsError that lists all that is malformed
 */
export async function startTracing(o: {
  service: string;
  env: NodeJS.ProcessEnv;
  door?: Secret | undefined;
  logger: Logger;
}): Promise<Tracing> {
  const settings = readTracingSettings(o.env);
  if (settings === undefined) return { stop: async () => {} };
  const { createRecorder } = await import('./tracing/recorder.ts');
  const { service, logger } = o;
  const provider = createRecorder({ service, logger, settings, ...(o.door && { door: o.door.reveal() }) });
  recordWith(provider.getTracer('@flixtube/chassis'));
  let stopped: Promise<void> | undefined;
  return {
    stop() {
      recordWith(undefined);
      stopped ??= atMost(farewellMs, provider.shutdown()).then(() => {});
      return stopped;
    },
  };
}
