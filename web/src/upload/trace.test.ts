import { expect, it } from '@jest/globals';
import { newTrace } from './trace.ts';

it('newTrace begins another trace each time, and asks for no recording', () => {
  const traces = Array.from({ length: 100 }, newTrace);
  for (const trace of traces) expect(trace).toMatch(/^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-00$/);
  expect(new Set(traces).size).toBe(100);
});
