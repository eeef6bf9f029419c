import type { HlsTrack } from '@flixtube/contracts/hls-manifest';

type Timed = Pick<HlsTrack['parts'][number]['segments'][number], 'length' | 'ticks'>;
type Timescale = Pick<HlsTrack, 'timescale'>;

/** In bits per second; 0 of nothing. */
export function rateOf(segments: readonly Timed[], { timescale }: Timescale): number {
  const bytes = segments.reduce((sum, { length }) => sum + length, 0);
  const ticks = segments.reduce((sum, segment) => sum + segment.ticks, 0);
  return ticks === 0 ? 0 : (bytes * 8 * timescale) / ticks;
}

/**
 * The greatest rate of any segments in a row that last between half and one and a half target durations together (RFC 8216
 * §4.1). So a last segment of one frame, which is nothing but a key frame, is no rate: players would take a video for
 * several times what it needs, and choose a smaller one. What is shorter than half a target duration has its mean.
 */
export function peakRate(segments: readonly Timed[], { timescale }: Timescale, targetSeconds: number): number {
  const [least, most] = [0.5 * targetSeconds * timescale, 1.5 * targetSeconds * timescale];
  let peak = 0;
  for (let first = 0; first < segments.length; first += 1) {
    let [bytes, ticks] = [0, 0];
    for (let next = first; next < segments.length; next += 1) {
      const { length, ticks: own } = segments[next] as Timed;
      bytes += length;
      ticks += own;
      if (ticks > most) break;
      if (ticks >= least) peak = Math.max(peak, (bytes * 8 * timescale) / ticks);
    }
  }
  return peak || rateOf(segments, { timescale });
}
