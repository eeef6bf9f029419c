import type { Picture, Rendition } from './media.ts';

/** By the shorter side. */
const steps = [240, 360, 480, 720, 1080, 1440, 2160];
/** A source that is so much larger than the step below is a step of its own. */
const wellAbove = 1.15;
/** Longer is more than decoders take (H.264 level 5.2: 543 macroblocks). */
const longest = 8192;

const fullHd = { pixels: 1920 * 1080, bitsPerSecond: 6_000_000 };
/** Smaller pictures need more bits a pixel. */
const growth = 0.75;
const fast = { framesPerSecond: 33, bits: 1.5 };

/**
 * The renditions of a picture, smallest first: the usual steps up to its own size, none above it, and its own size when
 * it lies well above the last of them. A picture below the first step has one rendition, of its own size.
 */
export function ladderOf(picture: Pick<Picture, 'width' | 'height' | 'frameRate'>): Rendition[] {
  const shorter = Math.min(picture.width, picture.height);
  const shown = steps.filter((step) => step <= shorter);
  const top = shown.at(-1) ?? 0;
  if (shorter > top * wellAbove && top !== steps.at(-1)) shown.push(shorter);
  return shown.map((side) => renditionOf(picture, side));
}

function renditionOf({ width, height, frameRate }: Pick<Picture, 'width' | 'height' | 'frameRate'>, side: number) {
  const scale = Math.min(side / Math.min(width, height), longest / Math.max(width, height));
  const size = { width: even(width * scale), height: even(height * scale) };
  const isFast = frameRate.num / frameRate.den > fast.framesPerSecond;
  const bits = fullHd.bitsPerSecond * ((size.width * size.height) / fullHd.pixels) ** growth;
  return {
    name: `${side}p`,
    ...size,
    crf: crfOf(side),
    maxBitsPerSecond: Math.ceil((bits * (isFast ? fast.bits : 1)) / 10_000) * 10_000,
  };
}

/** Small pictures are enlarged when shown, and what is wrong with them too; of large ones the eye sees less. */
function crfOf(side: number): number {
  if (side < 480) return 22;
  return side < 1440 ? 23 : 24;
}

function even(length: number): number {
  return Math.max(2, 2 * Math.round(length / 2));
}
