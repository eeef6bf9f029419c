import { describe, expect, it } from '@jest/globals';
import { failureOf, isWithoutFrames, sourceFailureOf } from './failures.ts';

const ending = (said: string, signal: NodeJS.Signals | null = null) => ({ code: signal ? null : 1, signal, said });

describe('failureOf', () => {
  it.each([
    ['[mov] moov atom not found', null, 'unreadable', false],
    ['http://127.0.0.1:1/x: Invalid data found when processing input', null, 'unreadable', false],
    ['av_interleaved_write_frame(): No space left on device', null, 'out-of-space', true],
    ['Decoder (codec none) not found for input stream #0:0', null, 'unsupported', false],
    ['Picture size 20000x20000 is invalid', null, 'unsupported', false],
    ['Error while opening encoder: Cannot allocate memory', null, 'unsupported', false],
    ['', 'SIGXCPU', 'unsupported', false],
    ['', 'SIGKILL', 'internal', true],
    ['[http] HTTP error 502 Bad Gateway\nInvalid data found when processing input', null, 'internal', true],
    ['[http] Stream ends prematurely at 5, should be 9', null, 'internal', true],
    ['Segmentation fault', 'SIGSEGV', 'internal', true],
  ] as const)('%s %s: %s', (said, signal, kind, retriable) => {
    const failure = failureOf('ffmpeg', ending(said, signal));
    expect(failure).toMatchObject({ kind, retriable });
    expect(failure.message).toMatch(/^[A-Z][^:/]+\.$/);
    if (said !== '') expect(String(failure.cause)).toContain(said);
  });
});

describe('sourceFailureOf', () => {
  it('a program that ended well although it could not read on: a failure all the same', () => {
    expect(sourceFailureOf('ffmpeg', { code: 0, signal: null, said: 'HTTP error 503' })).toMatchObject({
      kind: 'internal',
    });
  });

  it('a file that ends before it says: not a failure', () => {
    const said = 'HTTP error 416 Range Not Satisfiable\nError while decoding: Invalid data found';
    expect(sourceFailureOf('ffmpeg', { code: 0, signal: null, said })).toBeUndefined();
  });
});

describe('isWithoutFrames', () => {
  const said =
    '[vost#0:0/libx264] Could not open encoder before EOF\nTask finished with error code: -22 (Invalid argument)';
  it.each([
    ['no frame came, as ffmpeg 7 says it', ending(said), true],
    ['none came for want of memory', ending(`Error while decoding: Cannot allocate memory\n${said}`), false],
    ['it was ended', ending(said, 'SIGKILL'), false],
    ['it failed otherwise', ending('Invalid argument'), false],
  ])('%s: %s', (_, how, expected) => expect(isWithoutFrames(how)).toBe(expected));
});
