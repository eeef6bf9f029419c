import type { Tiles } from './storyboard-tiles.ts';

/** WebVTT with a cue a tile, which names its place in its sprite as a media fragment (W3C Media Fragments §4.2.2). */
export function vttOf(
  { width, height, count, everySeconds, durationSeconds }: Omit<Tiles, 'file' | 'bestSeconds'>,
  { columns, each }: { columns: number; each: number },
  urlOf: (sprite: number) => string,
): string {
  const cues = Array.from({ length: count }, (_, index) => {
    const end =
      index === count - 1 ? Math.max(durationSeconds, (index + 1) * everySeconds) : (index + 1) * everySeconds;
    const place = index % each;
    const x = (place % columns) * width;
    const y = Math.floor(place / columns) * height;
    const picture = `${urlOf(Math.floor(index / each))}#xywh=${x},${y},${width},${height}`;
    return `${clock(index * everySeconds)} --> ${clock(end)}\n${picture}\n`;
  });
  return ['WEBVTT\n', ...cues].join('\n');
}

function clock(seconds: number): string {
  const ms = Math.round(seconds * 1000);
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  const rest = String(ms % 1000).padStart(3, '0');
  return `${two(ms / 3_600_000)}:${two((ms / 60_000) % 60)}:${two((ms / 1000) % 60)}.${rest}`;
}
