import { frameRateOf } from '../../domain/frame-rate.ts';
import {
  type Chapter,
  MediaFailure,
  type Picture,
  type Probe,
  type Rational,
  type SoundTrack,
  type Source,
  type TextTrack,
} from '../../domain/media.ts';
import { type Ending, failureOf } from './failures.ts';
import { inputOf } from './input.ts';
import { lastTimestamps } from './last-timestamps.ts';
import { lengthsOf, seconds } from './lengths.ts';
import { textOf as outputOf, type RunOptions, run } from './run.ts';

/** What ffprobe says of a stream, as far as it is read; any of it may be missing. */
interface Stream {
  index: number;
  codec_type?: string;
  codec_name?: string;
  width?: number;
  height?: number;
  sample_aspect_ratio?: string;
  avg_frame_rate?: string;
  r_frame_rate?: string;
  field_order?: string;
  pix_fmt?: string;
  color_range?: string;
  color_transfer?: string;
  color_space?: string;
  start_time?: string;
  duration?: string;
  channels?: number;
  disposition?: Partial<
    Record<'default' | 'attached_pic' | 'timed_thumbnails' | 'forced' | 'hearing_impaired', number>
  >;
  tags?: Record<string, string>;
  side_data_list?: { rotation?: number }[];
}

interface ProbedChapter {
  start_time?: string;
  end_time?: string;
  tags?: Record<string, string>;
}

interface Format {
  format_name?: string;
  start_time?: string;
  duration?: string;
}

/** Of one pixel; what says more than that means nothing by it. */
const oddestShape = 8;
const mostSoundTracks = 16;
const mostTexts = 32;
const mostChapters = 1_000;
const longestTitle = 200;
/** Those that are text; others, such as those of DVDs and Blu-rays, are pictures of it. */
const textCodecs = new Set(['subrip', 'ass', 'ssa', 'webvtt', 'mov_text', 'text']);
const longestSeconds = 24 * 3_600;
/** Without an index a reader may arrive after the key frame that it needs. */
const roughSeekSeconds = 6;
const rough = /mpegts|^mpeg$|flv|ogg|asf|^rm$/;

/** @throws MediaFailure, among others 'unsupported' for what is longer than a day */
export async function probe(options: RunOptions, source: Source, signal: AbortSignal): Promise<Probe> {
  const chapterFields = ['-show_entries', 'chapter=start_time,end_time:chapter_tags=title'];
  const args = ['-of', 'json', '-show_format', '-show_streams', ...chapterFields, ...inputOf(source)];
  const running = run(options, 'ffprobe', args, { signal });
  const text = await outputOf(running);
  const {
    streams = [],
    chapters = [],
    format = {},
  } = JSON.parse(text) as { streams?: Stream[]; chapters?: ProbedChapter[]; format?: Format };
  const shown = streams.filter(isPicture);
  const best = shown.find(({ disposition }) => disposition?.default === 1) ?? shown[0];
  // Else a film that is too large would become one of sound alone.
  if (best === undefined && streams.some(hasUnreadSize)) refuseTooLarge(await running.ended);
  const heard = streams.filter(isSound).slice(0, mostSoundTracks);
  const startSeconds = seconds(format.start_time) ?? 0;

  const measure = () => lastTimestamps(options, source, signal);
  const tracks = best ? [best, ...heard] : heard;
  const { durationSeconds, fillSeconds } = await lengthsOf(tracks, { format, startSeconds, source, measure });
  if (durationSeconds > longestSeconds) {
    throw new MediaFailure('unsupported', 'This video says that it is longer than a day, which is more than is taken.');
  }
  return {
    durationSeconds,
    ...(fillSeconds === undefined ? {} : { fillSeconds }),
    startSeconds,
    picture: best ? pictureOf(best, format) : null,
    sound: heard.map(soundOf),
    texts: streams.filter(isText).slice(0, mostTexts).map(textOf),
    chapters: chapters.slice(0, mostChapters).flatMap((chapter) => chapterOf(chapter, startSeconds)),
  };
}

function isPicture({ codec_type, codec_name, width, height, disposition }: Stream): boolean {
  const isCover = disposition?.attached_pic === 1 || disposition?.timed_thumbnails === 1;
  return codec_type === 'video' && isKnown(codec_name) && !isCover && (width ?? 0) > 0 && (height ?? 0) > 0;
}

function hasUnreadSize(stream: Stream): boolean {
  return stream.width === 0 && isPicture({ ...stream, width: 1, height: 1 });
}

/** @throws MediaFailure when what ffprobe complained of is the size of pictures */
function refuseTooLarge(ending: Ending): void {
  const failure = failureOf('ffprobe', ending);
  if (failure.kind === 'unsupported') throw failure;
}

function isSound({ codec_type, codec_name, channels }: Stream): boolean {
  return codec_type === 'audio' && isKnown(codec_name) && (channels ?? 0) > 0;
}

function isKnown(codec: string | undefined): boolean {
  return codec !== undefined && codec !== 'none' && codec !== 'unknown';
}

function pictureOf(stream: Stream, format: Format): Picture {
  const { width, height } = displayed(stream);
  const average = rational(stream.avg_frame_rate);
  const interlaced = ['tt', 'bb', 'tb', 'bt'].includes(stream.field_order ?? '');
  const transfer = stream.color_transfer ?? '';
  return {
    stream: stream.index,
    width: even(width),
    height: even(height),
    frameRate: frameRateOf(average.num > 0 ? average : rational(stream.r_frame_rate)),
    interlaced,
    hdr: transfer === 'smpte2084' || transfer === 'arib-std-b67',
    matrix: matrixOf(stream),
    mayChange: !interlaced && rotationOf(stream) === 0,
    isPlain: stream.pix_fmt === 'yuv420p' && (stream.color_range ?? 'tv') === 'tv' && matrixOf(stream) === 'bt709',
    seekMarginSeconds: rough.test(format.format_name ?? '') ? roughSeekSeconds : 0,
  };
}

/** As shown: pixels made square by lengthening the shorter of their sides, and turned. */
function displayed(stream: Stream) {
  const { width = 0, height = 0, sample_aspect_ratio } = stream;
  const shape = rational(sample_aspect_ratio?.replace(':', '/'));
  const stated = shape.num / shape.den;
  const ratio = stated >= 1 / oddestShape && stated <= oddestShape ? stated : 1;
  const stretched = ratio >= 1 ? { width: width * ratio, height } : { width, height: height / ratio };
  const isTurned = Math.abs(Math.round(rotationOf(stream) / 90)) % 2 === 1;
  return isTurned ? { width: stretched.height, height: stretched.width } : stretched;
}

/** In degrees. */
function rotationOf({ side_data_list = [] }: Stream): number {
  return side_data_list.find((data) => data.rotation !== undefined)?.rotation ?? 0;
}

/** In the words of ffmpeg's scale filter. Files that do not say are taken as players take them, by their size. */
function matrixOf({ color_space, height = 0 }: Stream): NonNullable<Picture['matrix']> {
  if (color_space === 'bt709') return 'bt709';
  if (color_space?.startsWith('bt2020')) return 'bt2020';
  if (color_space === 'smpte170m' || color_space === 'bt470bg') return 'bt601';
  return height >= 720 ? 'bt709' : 'bt601';
}

function soundOf({ index, channels = 2, tags = {} }: Stream): SoundTrack {
  return { stream: index, channels, ...labelsOf(tags) };
}

function isText({ codec_type, codec_name }: Stream): boolean {
  return codec_type === 'subtitle' && textCodecs.has(codec_name ?? '');
}

function textOf({ index, codec_name: codec = '', disposition, tags = {} }: Stream): TextTrack {
  const [forced, sdh] = [disposition?.forced === 1, disposition?.hearing_impaired === 1];
  return { stream: index, codec, ...labelsOf(tags), forced, sdh };
}

function labelsOf(tags: Record<string, string>): { language: string | null; title: string | null } {
  const language = tags.language ?? tags.LANGUAGE ?? 'und';
  return {
    language: /^[A-Za-z]{2,3}(-\w+)*$/.test(language) && language !== 'und' ? language : null,
    title: titleIn(tags),
  };
}

/** Chapters are on the same time as the streams, which need not begin at zero. */
function chapterOf({ start_time, end_time, tags = {} }: ProbedChapter, zero: number): Chapter[] {
  const start = seconds(start_time);
  if (start === undefined) return [];
  const end = seconds(end_time) ?? start;
  return [{ startSeconds: start - zero, endSeconds: end - zero, title: titleIn(tags) }];
}

function titleIn({ title }: Record<string, string>): string | null {
  return title?.slice(0, longestTitle).toWellFormed().trim() || null;
}

function rational(text: string | undefined): Rational {
  const [, num, den] = /^(\d+)\/(\d+)$/.exec(text ?? '') ?? [];
  return { num: Number(num ?? 0), den: Number(den ?? 0) };
}

function even(length: number): number {
  return Math.max(2, 2 * Math.floor(length / 2 + 1e-6));
}
