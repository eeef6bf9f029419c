import { describe, expect, it } from '@jest/globals';
import { readable } from '../start/log-lines.ts';

const entry = {
  level: 'info',
  time: '2026-01-02T03:04:05.678Z',
  service: 'metadata',
  traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
  spanId: '00f067aa0ba902b7',
  route: '/api/videos',
  msg: 'request completed',
};
const read = (more: object) => readable('metadata', JSON.stringify({ ...entry, ...more }), false);

describe('a line of npm start', () => {
  it('says who, when and what; the ids of its trace are for machines', () => {
    expect(read({})).toBe('metadata         03:04:05.678 request completed route=/api/videos');
  });

  it('of something grave says the trace too, by which the rest is found, and the stack of an error', () => {
    const cause = { type: 'E', message: 'why', stack: 'E: why' };
    const err = { type: 'Error', message: 'no', stack: 'Error: no\n    at here', cause };
    expect(read({ level: 'error', err }).split('\n')).toEqual([
      `metadata         03:04:05.678 error: request completed route=/api/videos traceId=${entry.traceId}`,
      'metadata           Error: no',
      'metadata               at here',
      'metadata           E: why',
    ]);
  });

  it('that is no JSON is shown as it is', () => {
    expect(readable('metadata', '{half', false)).toBe('metadata         {half');
  });
});
