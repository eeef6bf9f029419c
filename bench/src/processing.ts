import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { makeClip } from '@flixtube/dev-env/clips';
import { type BenchContext, say } from './bench.ts';
import type { Comparison } from './compare.ts';
import { processed } from './processed.ts';

const run = promisify(execFile);
const seconds = Number(process.env.PROCESSING_BENCH_SECONDS ?? 180);
const comparedSeconds = 20;

/** What processing makes of a file of 1080p30: the same sizes, rates and preset, so that the work is the same. */
const ladder = [
  { size: '426:240', crf: 22, maxrate: '630k' },
  { size: '640:360', crf: 22, maxrate: '1160k' },
  { size: '854:480', crf: 23, maxrate: '1780k' },
  { size: '1280:720', crf: 23, maxrate: '3270k' },
  { size: '1920:1080', crf: 23, maxrate: '6000k' },
];

/**
 * A file from its upload to the full ladder, with one worker, against one ffmpeg command that makes the same ladder from
 * the same file; how long it took until HLS could be played, against that command's whole time; and how good each
 * rendition is.
 */
export async function* processing({ folder, system }: BenchContext): AsyncGenerator<Comparison> {
  const file = path.join(folder, 'clip.mp4');
  say(`making a clip of ${seconds} s, which takes a while`);
  await makeClip(file, { seconds, size: '1920x1080', rate: 30 });
  const reference = await secondsOf(() => makeLadder(file, folder));
  const ours = await processed(system.url, file);
  const name = `a ${seconds} s file of 1080p30`;
  yield { name: `${name} to the full ladder, against one ffmpeg command`, unit: 's', ours: ours.whole, reference };
  yield {
    name: `${name} until HLS can be played, against that command's whole time`,
    unit: 's',
    ours: ours.playable,
    reference,
  };
  yield* qualities(system.url, ours.videoId, file, folder);
}

async function makeLadder(file: string, folder: string): Promise<void> {
  const split = `[0:v]split=${ladder.length}${ladder.map((_, n) => `[s${n}]`).join('')}`;
  const scaled = ladder.map(({ size }, n) => `[s${n}]scale=${size}:flags=bicubic[v${n}]`);
  const outputs = ladder.flatMap(({ crf, maxrate }, n) => {
    const twice = `${2 * Number.parseInt(maxrate, 10)}k`;
    const rate = ['-crf', `${crf}`, '-maxrate', maxrate, '-bufsize', twice];
    const groups = ['-g', '60', '-keyint_min', '60', '-sc_threshold', '0', '-flags', '+cgop'];
    const encoder = ['-c:v', 'libx264', '-preset', 'veryfast', '-pix_fmt', 'yuv420p'];
    return ['-map', `[v${n}]`, ...encoder, ...rate, ...groups, path.join(folder, `reference-${n}.mp4`)];
  });
  const sound = ['-map', '0:a', '-c:a', 'aac', '-b:a', '128k', '-ac', '2', path.join(folder, 'reference.m4a')];
  const graph = ['-filter_complex', [split, ...scaled].join(';')];
  await run('ffmpeg', ['-v', 'error', '-y', '-i', file, ...graph, ...outputs, ...sound]);
}

/** SSIM of the luma of each rendition's first seconds, ours and the reference's, against the file scaled to its size. */
async function* qualities(url: string, videoId: string, file: string, folder: string): AsyncGenerator<Comparison> {
  for (const [n, { size }] of ladder.entries()) {
    const side = size.split(':')[1];
    const likeness = (path: string) => likenessOf(path, file, size);
    yield {
      name: `likeness of the first ${comparedSeconds} s in ${side}p to the file (SSIM), against that command's`,
      unit: '',
      ours: await likeness(`${url}/api/videos/${videoId}/hls/${side}p.m3u8`),
      reference: await likeness(path.join(folder, `reference-${n}.mp4`)),
    };
  }
}

async function likenessOf(made: string, file: string, size: string): Promise<number> {
  const graph = `[1:v]scale=${size}:flags=bicubic,settb=AVTB,setpts=N[b];[0:v]settb=AVTB,setpts=N[a];[a][b]ssim`;
  const inputs = [made, file].flatMap((input) => ['-t', `${comparedSeconds}`, '-i', input]);
  const { stderr } = await run('ffmpeg', ['-v', 'info', '-nostats', ...inputs, '-lavfi', graph, '-f', 'null', '-']);
  return Number(/SSIM Y:([\d.]+)/.exec(stderr)?.[1]);
}

async function secondsOf(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return (performance.now() - startedAt) / 1000;
}
