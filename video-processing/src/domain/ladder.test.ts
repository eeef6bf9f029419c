import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ladderOf } from './ladder.ts';

const frameRate = { num: 30, den: 1 };
const sizes = (width: number, height: number) =>
  ladderOf({ width, height, frameRate }).map((rendition) => `${rendition.name} ${rendition.width}x${rendition.height}`);

describe('ladderOf', () => {
  it('1920x1080: the usual steps, smallest first', () => {
    expect(sizes(1920, 1080)).toEqual([
      '240p 426x240',
      '360p 640x360',
      '480p 854x480',
      '720p 1280x720',
      '1080p 1920x1080',
    ]);
  });

  it('portrait: by the shorter side', () => {
    expect(sizes(720, 1280).at(-1)).toBe('720p 720x1280');
    expect(sizes(720, 1280)[0]).toBe('240p 240x426');
  });

  it.each([
    ['well between two steps: its own size too', 1600, 900, ['720p 1280x720', '900p 1600x900']],
    ['a little above a step: not', 1280, 800, ['480p 768x480', '720p 1152x720']],
    ['more than the last step: up to it', 7680, 4320, ['1440p 2560x1440', '2160p 3840x2160']],
  ])('%s', (_title, width, height, expected) => {
    expect(sizes(width, height).slice(-2)).toEqual(expected);
  });

  it('below the first step: one, of its own size', () => {
    expect(sizes(320, 180)).toEqual(['180p 320x180']);
    expect(sizes(2, 2)).toEqual(['2p 2x2']);
  });

  it('a ribbon: no side is longer than decoders take', () => {
    expect(sizes(20_000, 100)).toEqual(['100p 8192x40']);
  });

  it('more frames a second: more bits at most', () => {
    const bits = (num: number) => ladderOf({ width: 1920, height: 1080, frameRate: { num, den: 1 } }).at(-1);
    expect(bits(30)?.maxBitsPerSecond).toBe(6_000_000);
    expect(bits(60)?.maxBitsPerSecond).toBe(9_000_000);
  });

  it('any picture: even sides, none above the source, growing, the aspect kept', () => {
    const side = fc.integer({ min: 1, max: 4000 }).map((half) => 2 * half);
    fc.assert(
      fc.property(side, side, (width, height) => {
        const renditions = ladderOf({ width, height, frameRate });
        expect(renditions.length).toBeGreaterThan(0);
        let before = 0;
        for (const rendition of renditions) {
          const shorter = Math.min(rendition.width, rendition.height);
          expect([rendition.width % 2, rendition.height % 2]).toEqual([0, 0]);
          expect(rendition.width).toBeLessThanOrEqual(width);
          expect(rendition.height).toBeLessThanOrEqual(height);
          expect(shorter).toBeGreaterThan(before);
          expect(Math.abs((rendition.width * height) / width - rendition.height)).toBeLessThanOrEqual(
            1 + height / width + 1e-9,
          );
          before = shorter;
        }
      }),
    );
  });
});
