import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AdtsReader } from './adts.ts';

describe('AdtsReader', () => {
  it('a stream that comes in pieces of any size: its frames, whole and in order', () => {
    const frames = fc.array(fc.uint8Array({ minLength: 1, maxLength: 600 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(frames, fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1 }), (contents, sizes) => {
        const stream = Buffer.concat(contents.map(withHeader));
        const reader = new AdtsReader();
        const read: string[] = [];
        for (let at = 0, turn = 0; at < stream.length; turn += 1) {
          const size = sizes[turn % sizes.length] as number;
          for (const frame of reader.push(stream.subarray(at, at + size))) read.push(frame.toString('hex'));
          at += size;
        }
        expect(read).toEqual(contents.map((content) => Buffer.from(content).toString('hex')));
      }),
    );
  });

  it('something else: refused', () => {
    expect(() => [...new AdtsReader().push(Buffer.from('this is not AAC'))]).toThrow('no frame of AAC begins');
  });
});

/** Sync word, MPEG-4, no CRC, AAC-LC at 48 kHz in stereo, and the length in 13 bits. */
function withHeader(content: Uint8Array): Buffer {
  const length = 7 + content.length;
  const head = Buffer.from([
    0xff,
    0xf1,
    0x4c,
    0x80 | (length >> 11),
    (length >> 3) & 0xff,
    ((length & 7) << 5) | 0x1f,
    0xfc,
  ]);
  return Buffer.concat([head, content]);
}
