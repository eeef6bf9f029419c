import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { box, boxesIn, boxOf, fullBox, u32 } from './boxes.ts';
import { patchFragment, readFragment } from './fragment.ts';
import { soundInit, soundSegment } from './sound-part.ts';

describe('boxes', () => {
  it('what was put into boxes is found in them', () => {
    const bytes = box('moov', box('mvhd', u32(1)), box('trak', fullBox('tkhd', 0, 7, u32(2)), box('free')));
    expect(boxesIn(bytes).map(({ type }) => type)).toEqual(['moov']);
    const found = boxOf(bytes, 'moov', 'trak', 'tkhd');
    expect(bytes.readUInt32BE(found.content + 4)).toBe(2);
    expect(() => boxOf(bytes, 'moov', 'trak', 'mdia')).toThrow('there is no box moov/trak/mdia');
  });

  it('a long size is understood', () => {
    const long = Buffer.concat([u32(1), Buffer.from('mdat'), u32(0, 20), u32(7)]);
    expect(boxesIn(long)).toEqual([{ type: 'mdat', start: 0, content: 16, end: 20 }]);
  });

  it('bytes that are no boxes: refused, and never read for ever', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 64 }), (content) => {
        const bytes = Buffer.from(content);
        try {
          expect(boxesIn(bytes).at(-1)?.end).toBe(bytes.length);
        } catch (error) {
          expect((error as Error).message).toMatch(/^(no )?box/);
        }
      }),
    );
  });
});

describe('segments of sound', () => {
  const frames = [10, 300, 7].map((length, index) => Buffer.alloc(length, index + 1));

  it('any frames: said as they are, and the data is where it says', () => {
    const bytes = soundSegment(frames, { sequence: 3, decodeTime: 2 ** 33 });
    const [moof, mdat] = boxesIn(bytes);
    const read = readFragment(bytes.subarray(0, moof?.end));
    expect(read).toEqual({
      decodeTime: 2 ** 33,
      samples: 3,
      ticks: 3 * 1024,
      firstSize: 10,
      dataOffset: mdat?.content,
    });
    expect(bytes.subarray(read.dataOffset)).toEqual(Buffer.concat(frames));
  });

  it('moved on: its number and its time are others, and nothing else', () => {
    const moved = soundSegment(frames, { sequence: 1, decodeTime: 0 });
    patchFragment(moved, { sequence: 3, decodeTime: 2 ** 33 });
    expect(moved).toEqual(soundSegment(frames, { sequence: 3, decodeTime: 2 ** 33 }));
  });

  it('the initialization segment: the same each time, with one track and no edit list', () => {
    const init = soundInit();
    expect(soundInit()).toEqual(init);
    expect(boxesIn(init).map(({ type }) => type)).toEqual(['ftyp', 'moov']);
    const trak = boxOf(init, 'moov', 'trak');
    expect(boxesIn(init, trak.content, trak.end).map(({ type }) => type)).toEqual(['tkhd', 'mdia']);
  });
});
