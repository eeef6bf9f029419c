import { join } from 'node:path';
import type { Picture, Pictures, Plan, Rendition, Source } from '../../domain/media.ts';
import { fromZero, toRec709 } from './graph.ts';
import { inputOf } from './input.ts';
import { type RunOptions, run, textOf } from './run.ts';
import { type Tiles, tilesOf } from './storyboard-tiles.ts';
import { vttOf } from './storyboard-vtt.ts';

interface PicturesJob {
  source: Source;
  plan: Plan;
  folder: string;
}

type Settings = RunOptions & { threads: number };

const widestPoster = 1280;
const sheet = { columns: 5, rows: 5 };
/** ffmpeg's scale from 2 (best) to 31. */
const quality = { poster: '3', sprite: '5' };

/** A poster and a storyboard; null when the file has no frame that can be drawn. */
export async function drawPictures(
  options: Settings,
  { source, plan, folder }: PicturesJob,
  signal: AbortSignal,
): Promise<Pictures | null> {
  const { picture } = plan.probe;
  if (picture === null) return null;
  const tiles = await tilesOf(options, { source, plan, picture, folder }, signal);
  if (tiles === undefined) return null;
  const poster = join(folder, 'poster.jpg');
  await drawPoster(options, { source, plan, folder, picture, seconds: tiles.bestSeconds }, signal);
  return { poster, storyboard: tiles.count < 2 ? null : await drawSprites(options, tiles, folder, signal) };
}

/** The frame that the best tile was made from, or one after the key frame before it. */
async function drawPoster(
  options: Settings,
  { source, plan, folder, picture, seconds }: PicturesJob & { picture: Picture; seconds: number },
  signal: AbortSignal,
): Promise<void> {
  const largest = plan.renditions.at(-1) as Rendition;
  const width = Math.min(widestPoster, largest.width);
  const size = { width, height: Math.max(2, 2 * Math.round((width * largest.height) / largest.width / 2)) };
  const margin = picture.seekMarginSeconds ?? 0;
  const seek = seconds - margin > 0 ? ['-noaccurate_seek', '-ss', (seconds - margin).toFixed(3)] : [];
  const graph = [
    ...(picture.interlaced ? ['bwdif=mode=send_frame:deint=interlaced'] : []),
    fromZero(plan.probe.startSeconds),
    // Half a frame before it: rounding must not lead past it.
    `select=gte(t\\,${Math.max(-1, seconds - picture.frameRate.den / picture.frameRate.num / 2).toFixed(6)})`,
    'trim=end_frame=1',
    ...toRec709(picture, size),
    'setsar=1,scale=out_range=pc,format=yuvj420p',
  ];
  const args = [
    ...['-copyts', '-max_error_rate', '1', ...inputOf(source, ['-threads', String(options.threads), ...seek])],
    ...['-filter_complex', `[0:${picture.stream}]${graph.join(',')}[out]`, '-map', '[out]', '-frames:v', '1'],
    ...['-c:v', 'mjpeg', '-q:v', quality.poster, '-flags', '+bitexact', '-f', 'image2', '-update', '1', 'poster.jpg'],
  ];
  await textOf(run(options, 'ffmpeg', args, { folder, signal }));
}

async function drawSprites(options: Settings, tiles: Tiles, folder: string, signal: AbortSignal) {
  const { width, height, count, file } = tiles;
  const columns = Math.min(sheet.columns, count);
  const rows = Math.min(sheet.rows, Math.ceil(count / columns));
  const args = [
    ...['-protocol_whitelist', 'file', '-f', 'rawvideo', '-pixel_format', 'yuv420p'],
    ...['-video_size', `${width}x${height}`, '-framerate', '1', '-i', `file:${file}`],
    ...['-vf', `tile=${columns}x${rows},scale=in_range=tv:out_range=pc,format=yuvj420p`, '-fps_mode', 'passthrough'],
    ...['-c:v', 'mjpeg', '-q:v', quality.sprite, '-flags', '+bitexact', '-start_number', '0', '-f', 'image2'],
    'sprite-%d.jpg',
  ];
  await textOf(run(options, 'ffmpeg', args, { folder, signal }));
  const each = columns * rows;
  const sprites = Array.from({ length: Math.ceil(count / each) }, (_, index) => join(folder, `sprite-${index}.jpg`));
  return { sprites, vtt: (urlOf: (index: number) => string) => vttOf(tiles, { columns, each }, urlOf) };
}
