import { z } from 'zod';
import { loadSettings, settings } from '../config.ts';
import { samplerNames } from './samplers.ts';

/**
 * The settings of traces, by OpenTelemetry's own names. Undefined when there is nowhere to send them to. What concerns the
 * way there (OTEL_EXPORTER_OTLP_ENDPOINT itself, _HEADERS, _TIMEOUT, _COMPRESSION, _CERTIFICATE) the exporter reads.
 *
 * @throws SettingsError that lists all that is malformed
 */
export function readTracingSettings(env: NodeJS.ProcessEnv) {
  const values = loadSettings(
    {
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint('where traces are sent to by OTLP over HTTP; unset: they are not recorded'),
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: endpoint('the same, with its path, where it is another one for traces'),
      OTEL_SDK_DISABLED: settings.text('`true`: record no traces all the same', 'false'),
      OTEL_TRACES_SAMPLER: z
        .enum(samplerNames, { error: `must be one of ${samplerNames.join(', ')}` })
        .default('parentbased_always_on')
        .describe('which traces are recorded'),
      OTEL_TRACES_SAMPLER_ARG: z
        .string()
        .regex(/^(0(\.\d+)?|1(\.0+)?)$/, 'must be a number from 0 to 1')
        .transform(Number)
        .default(1)
        .describe('the share of traces that are recorded, for samplers with a ratio'),
      OTEL_RESOURCE_ATTRIBUTES: settings.text('more to be said of this process, as key=value,key=value', ''),
    },
    env,
  );
  const endpoints = [values.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, values.OTEL_EXPORTER_OTLP_ENDPOINT];
  if (endpoints.every((one) => one === undefined) || values.OTEL_SDK_DISABLED.toLowerCase() === 'true')
    return undefined;
  return {
    sampler: values.OTEL_TRACES_SAMPLER,
    ratio: values.OTEL_TRACES_SAMPLER_ARG,
    attributes: pairsOf(values.OTEL_RESOURCE_ATTRIBUTES),
  };
}

function endpoint(description: string) {
  return z
    .string()
    .refine((text) => /^https?:\/\//.test(text) && URL.canParse(text), 'must be an http or https address')
    .optional()
    .meta({ description, secret: true });
}

/** W3C Baggage's form, percent-encoded, as OpenTelemetry has it. */
function pairsOf(text: string): Record<string, string> {
  const pairs = text.split(',').map((pair) => pair.split('=', 2).map((part) => part.trim()));
  return Object.fromEntries(pairs.flatMap(([key, value]) => (key && value ? [[key, decoded(value)]] : [])));
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
