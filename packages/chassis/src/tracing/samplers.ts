import { createHmac } from 'node:crypto';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  type Sampler,
  SamplingDecision,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace';

/** The names that OTEL_TRACES_SAMPLER may have. */
export const samplerNames = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;
export type SamplerName = (typeof samplerNames)[number];

/**
 * The sampler of that name.
 *
 * @param o.ratio of traces, 0 to 1, for those that have one
 * @param o.door the secret of a public door. There, what the caller says of sampling does not count: anybody could have
 * everything recorded. And which traces are in the ratio depends on the secret, since a caller may choose a trace's id.
 */
export function samplerOf(name: SamplerName, o: { ratio: number; door?: string }): Sampler {
  const { ratio, door } = o;
  const root = rootOf(name.replace(/^parentbased_/, ''), ratio, door);
  if (!name.startsWith('parentbased_')) return root;
  if (door === undefined) return new ParentBasedSampler({ root });
  return new ParentBasedSampler({ root, remoteParentSampled: root, remoteParentNotSampled: root });
}

function rootOf(name: string, ratio: number, door: string | undefined): Sampler {
  if (name === 'always_on') return new AlwaysOnSampler();
  if (name === 'always_off') return new AlwaysOffSampler();
  return door === undefined ? new TraceIdRatioBasedSampler(ratio) : keyedRatio(ratio, door);
}

/** By a hash of the trace's id: the same in each replica that has the secret, so that a trace is recorded whole. */
function keyedRatio(ratio: number, secret: string): Sampler {
  const below = ratio * 2 ** 32;
  return {
    shouldSample(_context, traceId) {
      const hash = createHmac('sha256', secret).update(`sampling ${traceId}`).digest().readUInt32BE();
      return { decision: hash < below ? SamplingDecision.RECORD_AND_SAMPLED : SamplingDecision.NOT_RECORD };
    },
    toString: () => `KeyedRatio{${ratio}}`,
  };
}
