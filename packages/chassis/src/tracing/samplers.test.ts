import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { ROOT_CONTEXT, SpanKind, TraceFlags, trace } from '@opentelemetry/api';
import { SamplingDecision } from '@opentelemetry/sdk-trace';
import { type SamplerName, samplerOf } from './samplers.ts';

const ids = Array.from({ length: 4_000 }, () => randomBytes(16).toString('hex'));

/** Whether a request of this trace is recorded, whose caller says that it is, or that it is not, or nothing. */
function recorded(name: SamplerName, o: { ratio: number; door?: string }, traceId: string, says?: boolean): boolean {
  const traceFlags = says === true ? TraceFlags.SAMPLED : TraceFlags.NONE;
  const caller = { traceId, spanId: 'a'.repeat(16), traceFlags, isRemote: true };
  const within = says === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, caller);
  const { decision } = samplerOf(name, o).shouldSample(within, traceId, 'GET', SpanKind.SERVER, {}, []);
  return decision === SamplingDecision.RECORD_AND_SAMPLED;
}

describe('a sampler', () => {
  it('does as its caller, behind the door', () => {
    const half = { ratio: 0.5 };
    for (const traceId of ids.slice(0, 100)) {
      expect(recorded('parentbased_traceidratio', half, traceId, true)).toBe(true);
      expect(recorded('parentbased_always_on', half, traceId, false)).toBe(false);
    }
    expect(recorded('always_off', half, ids[0] ?? '', true)).toBe(false);
  });

  it('does as it finds right, whatever the caller says, at the door', () => {
    const door = { ratio: 0.25, door: 'a secret' };
    const chosen = ids.filter((id) => recorded('parentbased_traceidratio', door, id));
    expect(chosen.length / ids.length).toBeCloseTo(0.25, 1);
    for (const says of [true, false]) {
      expect(ids.filter((id) => recorded('parentbased_traceidratio', door, id, says))).toEqual(chosen);
    }
    expect(recorded('parentbased_always_on', door, ids[0] ?? '', false)).toBe(true);
  });

  it('cannot be foreseen by who chooses the id, and is the same in each replica, at the door', () => {
    const chosenBy = (door: string) =>
      ids.filter((id) => recorded('parentbased_traceidratio', { ratio: 0.5, door }, id)).join();
    expect(chosenBy('one')).toBe(chosenBy('one'));
    expect(chosenBy('one')).not.toBe(chosenBy('another'));
    const least = `${'0'.repeat(31)}1`;
    const doors = Array.from({ length: 64 }, (_, n) => ({ ratio: 0.5, door: `secret ${n}` }));
    expect(doors.some((door) => !recorded('traceidratio', door, least))).toBe(true);
  });
});
