import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { currentTrace, parseTraceparent, runInTrace } from './trace.ts';

const hex = (length: number) => fc.stringMatching(new RegExp(`^[0-9a-f]{${length}}$`));
const id = (length: number) => hex(length).filter((digits) => /[^0]/.test(digits));

describe('parseTraceparent', () => {
  it('reads version 00, when it is well-formed', () => {
    fc.assert(
      fc.property(id(32), id(16), hex(2), (traceId, parentId, flags) => {
        const sampled = (Number.parseInt(flags, 16) & 1) === 1;
        expect(parseTraceparent(`00-${traceId}-${parentId}-${flags}`)).toEqual({ traceId, parentId, sampled });
      }),
    );
  });

  it('reads the fields that it knows, when a later version has more of them', () => {
    const header = `cc-${'a'.repeat(32)}-${'b'.repeat(16)}-01-what-the-future-holds`;
    expect(parseTraceparent(header)).toEqual({ traceId: 'a'.repeat(32), parentId: 'b'.repeat(16), sampled: true });
  });

  it.each([
    ['missing', undefined],
    ['empty', ''],
    ['in capitals', `00-${'A'.repeat(32)}-${'b'.repeat(16)}-01`],
    ['of the forbidden version', `ff-${'a'.repeat(32)}-${'b'.repeat(16)}-01`],
    ['without a trace', `00-${'0'.repeat(32)}-${'b'.repeat(16)}-01`],
    ['without a span', `00-${'a'.repeat(32)}-${'0'.repeat(16)}-01`],
    ['longer than its version allows', `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01-more`],
    ['followed by something else', `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01 `],
    ['given twice', `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01, 00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`],
  ])('gives nothing, when it is %s', (_what, header) => {
    expect(parseTraceparent(header)).toBeUndefined();
  });

  it('never throws, whatever it is given', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (header) => void parseTraceparent(header)));
  });
});

describe('runInTrace', () => {
  it('goes on with the trace in a span of its own, when the caller sent one', () => {
    const sent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-00`;
    const trace = runInTrace(sent, currentTrace);
    expect(trace?.traceId).toBe('a'.repeat(32));
    expect(trace?.spanId).not.toBe('b'.repeat(16));
    expect(trace?.traceparent).toBe(`00-${'a'.repeat(32)}-${trace?.spanId}-00`);
  });

  it('begins a new trace, when the caller sent none that is well-formed', () => {
    const [one, other] = [runInTrace(undefined, currentTrace), runInTrace('nonsense', currentTrace)];
    expect(parseTraceparent(one?.traceparent)).toBeDefined();
    expect(one?.traceId).not.toBe(other?.traceId);
  });

  it('holds for all that was started in it and for nothing else, when several run at once', async () => {
    const seen = await Promise.all(
      ['a', 'b', 'c'].map((letter) =>
        runInTrace(`00-${letter.repeat(32)}-${'1'.repeat(16)}-01`, async () => {
          await new Promise(setImmediate);
          return currentTrace()?.traceId;
        }),
      ),
    );
    expect(seen).toEqual(['a', 'b', 'c'].map((letter) => letter.repeat(32)));
    expect(currentTrace()).toBeUndefined();
  });
});
