import { type FileHandle, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Picture, Plan, Rendition, Source } from '../../domain/media.ts';
import { fromZero, toRec709 } from './graph.ts';
import { inputOf, steadyGraph } from './input.ts';
import { type RunOptions, run, textOf } from './run.ts';
import { worthOf } from './worth.ts';

/** Small frames in order, one every so many seconds, raw (yuv420p) one after the other in a file. */
export interface Tiles {
  file: string;
  width: number;
  height: number;
  count: number;
  everySeconds: number;
  durationSeconds: number;
  /** The time of the one that is most worth showing. */
  bestSeconds: number;
}

interface TilesJob {
  source: Source;
  plan: Plan;
  picture: Picture;
  folder: string;
}

const width = 160;
const highest = 320;
const leastSeconds = 2;
const most = 100;
/** Of a tile's time: what is left at the end and is less has no tile of its own. */
const smallRest = 0.25;
/** Shorter files are decoded almost whole, and up to so long by key frames; of longer ones, places are looked up. */
const wholeSeconds = 30;
const keyframesSeconds = 600;
/** Readers of one file at a time, each with a decoder: so many take less memory than a piece does. */
const batch = 4;

/** Undefined when the file has no frame. */
export async function tilesOf(options: RunOptions, job: TilesJob, signal: AbortSignal): Promise<Tiles | undefined> {
  const { durationSeconds } = job.plan.probe;
  const largest = job.plan.renditions.at(-1) as Rendition;
  const height = Math.min(highest, Math.max(2, 2 * Math.round((width * largest.height) / largest.width / 2)));
  const everySeconds = Math.max(leastSeconds, Math.ceil(durationSeconds / most));
  const wanted = Math.max(1, Math.min(most, Math.ceil(durationSeconds / everySeconds - smallRest)));
  const size = { width, height, bytes: (width * height * 3) / 2 };
  const layout = { wanted, everySeconds, size };
  const file = join(job.folder, 'tiles.yuv');
  const target = await open(file, 'w');
  const worths = await (durationSeconds <= keyframesSeconds ? inOneGo : placeByPlace)(
    options,
    job,
    layout,
    target,
    signal,
  ).finally(() => target.close());
  if (worths.length === 0) return undefined;
  const best = worths.indexOf(Math.max(...worths));
  const bestSeconds = best * everySeconds;
  return { file, width, height, count: worths.length, everySeconds, durationSeconds, bestSeconds };
}

interface Layout {
  wanted: number;
  everySeconds: number;
  size: { width: number; height: number; bytes: number };
}

/** Reads all of the file, and decodes what is needed of it. */
async function inOneGo(
  options: RunOptions,
  { source, plan, picture, folder }: TilesJob,
  { wanted, everySeconds, size }: Layout,
  target: FileHandle,
  signal: AbortSignal,
): Promise<number[]> {
  const skip = ['-skip_frame', plan.probe.durationSeconds > wholeSeconds ? 'nokey' : 'noref'];
  const graph = [
    ...(picture.interlaced ? ['bwdif=mode=send_frame:deint=interlaced'] : []),
    fromZero(plan.probe.startSeconds),
    `fps=fps=1/${everySeconds}:start_time=0:round=up`,
    ...toRec709(picture, size),
    'setsar=1',
  ];
  const args = [
    ...['-copyts', '-max_error_rate', '1', ...inputOf(source, ['-threads', '1', ...skip, ...steadyGraph(picture)])],
    ...['-filter_complex', `[0:${picture.stream}]${graph.join(',')}[out]`, '-map', '[out]'],
    ...['-frames:v', String(wanted), '-fps_mode', 'passthrough', '-c:v', 'rawvideo', '-f', 'rawvideo', 'all.yuv'],
  ];
  await textOf(run(options, 'ffmpeg', args, { folder, signal }));
  return take(join(folder, 'all.yuv'), size, target);
}

/** Looks up the key frame before each place, with several readers at a time. */
async function placeByPlace(
  options: RunOptions,
  { source, picture, folder }: TilesJob,
  { wanted, everySeconds, size }: Layout,
  target: FileHandle,
  signal: AbortSignal,
): Promise<number[]> {
  const worths: number[] = [];
  for (let from = 0; from < wanted; from += batch) {
    const places = Array.from({ length: Math.min(batch, wanted - from) }, (_, index) => from + index);
    const seek = (place: number) => (place === 0 ? [] : ['-noaccurate_seek', '-ss', String(place * everySeconds)]);
    const args = [
      ...['-max_error_rate', '1'],
      ...places.flatMap((place) => inputOf(source, ['-threads', '1', '-skip_frame', 'nokey', ...seek(place)])),
      ...places.flatMap((place, index) => [
        ...[
          '-map',
          `${index}:${picture.stream}`,
          '-frames:v',
          '1',
          '-vf',
          [...toRec709(picture, size), 'setsar=1'].join(),
        ],
        ...['-fps_mode', 'passthrough', '-c:v', 'rawvideo', '-f', 'rawvideo', `tile-${place}.yuv`],
      ]),
    ];
    await textOf(run(options, 'ffmpeg', args, { folder, signal }));
    for (const place of places)
      worths.push(...(await take(join(folder, `tile-${place}.yuv`), size, target)).slice(0, 1));
  }
  return worths;
}

/** Moves frames from one file to the end of another; answers what each is worth. */
async function take(path: string, { width: columns, height, bytes }: Layout['size'], target: FileHandle) {
  const frames = await readFile(path);
  const worths: number[] = [];
  for (let at = 0; at + bytes <= frames.length; at += bytes) {
    const frame = frames.subarray(at, at + bytes);
    await target.write(frame);
    worths.push(worthOf(frame.subarray(0, columns * height)));
  }
  await rm(path);
  return worths;
}
