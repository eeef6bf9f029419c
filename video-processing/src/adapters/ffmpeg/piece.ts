import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { EncodedPart, Picture, Piece, Plan, Rendition, Source } from '../../domain/media.ts';
import { pieceGraph } from './graph.ts';
import { inputOf, steadyGraph } from './input.ts';
import { videoPartOf } from './mp4/video-part.ts';
import { type RunOptions, run, textOf } from './run.ts';

interface PieceJob {
  source: Source;
  plan: Plan;
  piece: Piece;
  folder: string;
}

/** How far back the second attempt begins, when the first has met no key frame in time; a third one at the beginning. */
const secondMarginSeconds = 60;
/** Players and ffmpeg take tens of thousands of ticks a second for granted. */
const fewestTicks = 10_000;

/** One decode for all renditions. Empty when the file has no frame at or after the piece's first one. */
export async function encodePiece(
  options: RunOptions & { threads: number },
  job: PieceJob,
  signal: AbortSignal,
): Promise<EncodedPart[]> {
  const { picture } = job.plan.probe;
  if (picture === null) return [];
  const margin = picture.seekMarginSeconds ?? 0;
  // The file's first frame may come later than its first sound.
  const fill = job.piece.firstFrame === 0;
  let found = await attempt(options, job, { margin, fill }, signal);
  // Without an index the last key frame may lie before the place where reading began.
  if (found === 'late' || (found === 'none' && margin > 0)) {
    found = await attempt(options, job, { margin: margin + secondMarginSeconds, fill }, signal);
  }
  // An index has times of decoding: after a picture that stands for minutes, a key frame is decoded long before it is shown.
  if (found === 'late') found = await attempt(options, job, { margin: Number.POSITIVE_INFINITY, fill: true }, signal);
  return typeof found === 'string' ? [] : found;
}

/** When the piece's first frame was not met: 'late' when one after it was, else 'none'. */
async function attempt(
  options: RunOptions & { threads: number },
  { source, plan, piece, folder }: PieceJob,
  { margin, fill }: { margin: number; fill: boolean },
  signal: AbortSignal,
): Promise<EncodedPart[] | 'late' | 'none'> {
  const { picture } = plan.probe;
  if (picture === null) return [];
  const threads = String(options.threads);
  const raw = (rendition: Rendition) => `${piece.index}-${rendition.name}.raw`;
  const args = [
    ...['-filter_complex_threads', threads, '-copyts', '-max_error_rate', '1'],
    ...inputOf(source, ['-threads', threads, ...steadyGraph(picture), ...seekTo(piece, picture, margin)]),
    ...['-filter_complex', pieceGraph(plan, piece, fill)],
    ...plan.renditions.flatMap((rendition, index) => [
      ...['-map', `[v${index}]`, ...encoderOf(rendition, plan, threads)],
      raw(rendition),
    ]),
    ...['-map', '[mark]', '-c:v', 'rawvideo', '-fps_mode', 'passthrough', '-f', 'framecrc', 'pipe:1'],
  ];
  const mark = await textOf(run(options, 'ffmpeg', args, { folder, signal }));
  const first = /^0,\s*-?\d+,\s*(-?\d+),/m.exec(mark)?.[1];
  const isMet = first === String(piece.firstFrame);

  const { num, den } = picture.frameRate;
  const scale = scaleOf(picture);
  const grid = { ticksOfFrame: den * scale, gopFrames: plan.gopFrames, segmentFrames: plan.segmentFrames };
  const parts: EncodedPart[] = [];
  for (const rendition of plan.renditions) {
    const file = join(folder, `${piece.index}-${rendition.name}.m4s`);
    const from = join(folder, raw(rendition));
    if (isMet) {
      const made = await videoPartOf(from, file, { ...grid, firstFrame: piece.firstFrame });
      parts.push({ track: rendition.name, timescale: num * scale, file, ...made });
    }
    await rm(from, { force: true });
    signal.throwIfAborted();
  }
  if (isMet) return parts;
  return first === undefined ? 'none' : 'late';
}

/**
 * To the key frame at or before the piece, which decoding begins with; what lies between them is decoded and left out
 * by its time, so that nothing depends on how exactly a container can be read from its middle.
 */
function seekTo({ firstFrame }: Piece, { frameRate: { num, den } }: Picture, margin: number): string[] {
  const seconds = (firstFrame * den) / num - margin;
  return seconds > 0 ? ['-noaccurate_seek', '-ss', seconds.toFixed(6)] : [];
}

/** How many of the track's ticks are one of the frame rate's numerator. */
function scaleOf({ frameRate: { num } }: Picture): number {
  return num >= fewestTicks ? 1 : Math.ceil(fewestTicks / num);
}

/**
 * H.264 in closed groups of pictures of one length, each a fragment of its own. Fragments begin at the time of their
 * first picture: later ones of the same group may be shown before they are decoded (negative_cts_offsets, ISO/IEC
 * 23000-19 §7.5.17 "cmf2"), so there is no edit list that would shift a piece.
 */
function encoderOf({ crf, maxBitsPerSecond }: Rendition, { gopFrames, probe }: Plan, threads: string): string[] {
  const { picture } = probe;
  const scale = picture ? picture.frameRate.num * scaleOf(picture) : fewestTicks;
  return [
    ...['-c:v', 'libx264', '-preset', 'veryfast', '-threads', threads, '-pix_fmt', 'yuv420p'],
    ...['-crf', String(crf), '-maxrate', String(maxBitsPerSecond), '-bufsize', String(2 * maxBitsPerSecond)],
    ...['-g', String(gopFrames), '-keyint_min', String(gopFrames), '-sc_threshold', '0'],
    ...['-force_key_frames', `expr:not(mod(n,${gopFrames}))`],
    ...['-fps_mode', 'passthrough', '-flags', '+cgop+bitexact', '-fflags', '+bitexact'],
    // Of chapters a track would be made.
    ...['-map_metadata', '-1', '-map_chapters', '-1'],
    ...['-f', 'mp4', '-video_track_timescale', String(scale), '-write_btrt', '0', '-use_editlist', '0'],
    ...['-movflags', '+frag_keyframe+empty_moov+default_base_moof+negative_cts_offsets+skip_trailer'],
  ];
}
