import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, type SpanExporter, TracerProvider } from '@opentelemetry/sdk-trace';
import type { Logger } from '../logger.ts';
import { samplerOf } from './samplers.ts';
import type { readTracingSettings } from './settings.ts';

/** Spans that wait to be sent; those beyond are dropped, so that a collector that is away costs no memory. */
const mostWaiting = 2_048;
const mostAtOnce = 512;
const everyMs = 2_000;
const patienceMs = 5_000;

/**
 * OpenTelemetry's SDK, in a module of its own: it is loaded only where traces are recorded.
 *
 * @param o.door the secret of a public door, where callers do not decide what is recorded
 */
export function createRecorder(o: {
  service: string;
  settings: NonNullable<ReturnType<typeof readTracingSettings>>;
  door?: string;
  logger: Logger;
}): TracerProvider {
  const { service, settings, logger, door } = o;
  const { sampler, ratio, attributes } = settings;
  return new TracerProvider({
    sampler: samplerOf(sampler, door === undefined ? { ratio } : { ratio, door }),
    resource: defaultResource().merge(
      resourceFromAttributes({ ...attributes, 'service.namespace': 'flixtube', 'service.name': service }),
    ),
    spanLimits: { attributeCountLimit: 32, attributeValueLengthLimit: 256, eventCountLimit: 8, linkCountLimit: 128 },
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: sayingSo(new OTLPTraceExporter({ timeoutMillis: patienceMs }), logger),
        maxQueueSize: mostWaiting,
        maxExportBatchSize: mostAtOnce,
        scheduledDelayMillis: everyMs,
        exportTimeoutMillis: patienceMs,
      }),
    ],
  });
}

/** The exporter, with a line in the log when traces begin to be lost, and when they arrive again. */
function sayingSo(exporter: SpanExporter, logger: Logger): SpanExporter {
  let arrive = true;
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        const arrived = result.code === 0;
        if (arrived && !arrive) logger.info('traces arrive again');
        if (!arrived && arrive) logger.warn({ err: result.error }, 'traces do not arrive and are dropped');
        arrive = arrived;
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
    ...(exporter.forceFlush && { forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve() }),
  };
}
