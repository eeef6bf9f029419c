import type { Picture, Piece, Plan, Probe, Rendition } from '../../domain/media.ts';

type Size = Pick<Rendition, 'width' | 'height'>;

/** Our time: zero where the file begins, whatever its clock says. */
export function fromZero(startSeconds: number): string {
  return `setpts=round(PTS-${startSeconds.toFixed(6)}/TB)`;
}

/**
 * How long a file can be at most that says it is so long, in seconds: one whose clock leaps ahead by years would be
 * filled up with frames or silence for ever.
 */
export function mostSeconds({ durationSeconds, fillSeconds }: Probe): number {
  return 2 * Math.max(durationSeconds, fillSeconds ?? 0) + 600;
}

/**
 * The filter graph from a picture track to all renditions of a piece; its outputs are [v0], [v1], …, smallest first, and
 * [mark]: the first frame at or after the piece's first one, which says by its time in frames whether it is that one.
 * Frames are counted on a grid of constant rate that begins at the file's zero, so that a piece comes out the same
 * wherever its reader began: each frame of the grid is the last one of the file that is nearest to it or to one before.
 * Times stay those of the whole file: from setpts on ffmpeg 7 does not know the frame rate, which tpad counts with.
 *
 * @param fill whether the piece's first frames may be made up from a later one, since the file has none there
 */
export function pieceGraph({ probe, renditions }: Plan, piece: Piece, fill: boolean): string {
  const { picture, startSeconds } = probe;
  if (picture === null) throw new Error('there is no picture to encode');
  const { num, den } = picture.frameRate;
  const { firstFrame, frames } = piece;
  const begin = fill ? `:start_time=${((firstFrame * den) / num).toFixed(6)}` : '';
  const end = firstFrame + (frames ?? Math.ceil((mostSeconds(probe) * num) / den));
  // The next piece begins where this one ends, and the sound may go on: it is filled up where the file has too little.
  const whole = frames ?? Math.round(((probe.fillSeconds ?? 0) * num) / den) - firstFrame;
  const read = [
    ...(picture.interlaced ? ['bwdif=mode=send_frame:deint=interlaced'] : []),
    fromZero(startSeconds),
    `fps=fps=${num}/${den}${begin}`,
    `trim=start_pts=${firstFrame}`,
    'split=2[all][first]',
  ];
  const mark = '[first]trim=end_frame=1,scale=16:16,format=gray[mark]';
  const cut = [
    `trim=end_pts=${end}`,
    ...(whole > 0 ? [`tpad=stop=${whole}:stop_mode=clone`, `trim=end_frame=${whole}`] : []),
  ];
  const source = `[0:${picture.stream}]${read.join(',')};${mark};[all]${cut.join(',')}`;
  return ladderGraph(source, picture, renditions);
}

/** Each rendition is made from the next larger one: a fraction of the work, and no worse than from the source. */
function ladderGraph(source: string, picture: Picture, renditions: Rendition[]): string {
  let graph = source;
  for (let index = renditions.length - 1; index >= 0; index -= 1) {
    const rendition = renditions[index] as Rendition;
    const isLargest = index === renditions.length - 1;
    graph += `,${(isLargest ? toRec709(picture, rendition) : [scale(rendition)]).join(',')},setsar=1`;
    graph += index === 0 ? `[v0]` : `,split=2[v${index}][s${index}];[s${index}]null`;
  }
  return graph;
}

const tags = 'setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709';
/** The nominal peak of standard range, in cd/m² (ITU-R BT.2100 takes 203 for a diffuse white; 100 keeps faces bright). */
const nominalPeak = 100;

/**
 * To 8 bits of BT.709, as every player shows it, and marked as such: then all pieces have one initialization segment,
 * even if the file changes its mind half-way.
 */
export function toRec709(picture: Picture, size: Size): string[] {
  // Without a word on colours `scale` hands on what has the right size as it is, which saves a copy of each frame.
  if (picture.isPlain && !picture.hdr) return [scale(size), 'format=yuv420p', tags];
  if (!picture.hdr) {
    const matrix = `in_color_matrix=${picture.matrix ?? 'bt709'}:out_color_matrix=bt709:out_range=tv`;
    return [`${scale(size)}:${matrix}`, 'format=yuv420p', tags];
  }
  return [
    'setparams=color_primaries=bt2020:colorspace=bt2020nc',
    `zscale=w=${size.width}:h=${size.height}:t=linear:npl=${nominalPeak}`,
    'format=gbrpf32le',
    'zscale=p=bt709',
    'tonemap=tonemap=hable:desat=0',
    'zscale=t=bt709:m=bt709:r=tv',
    'format=yuv420p',
    tags,
  ];
}

function scale({ width, height }: Size): string {
  return `scale=${width}:${height}:flags=bicubic`;
}
