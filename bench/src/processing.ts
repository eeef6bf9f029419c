import { execFile } from 'node:child_process';
import { createReadStream } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Video } from '@flixtube/contracts/http/video';
import { request } from 'undici';
import { type BenchContext, say } from './bench.ts';
import type { Comparison } from './compare.ts';
import { uploadTo } from './load.ts';

const run = promisify(execFile);
const seconds = Number(process.env.PROCESSING_BENCH_SECONDS ?? 180);

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
 * the same file; and how long it took until HLS could be played, against that command's whole time.
 */
export async function* processing({ folder, system }: BenchContext): AsyncGenerator<Comparison> {
  const file = path.join(folder, 'clip.mp4');
  say(`making a clip of ${seconds} s, which takes a while`);
  await makeClip(file);
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
}

async function makeClip(file: string): Promise<void> {
  const picture = 'testsrc2=size=1920x1080:rate=30,noise=alls=3:allf=t';
  const inputs = [
    '-f',
    'lavfi',
    '-i',
    picture,
    '-f',
    'lavfi',
    '-i',
    'anoisesrc=color=pink:sample_rate=48000:amplitude=0.2',
  ];
  const codecs = ['-c:v', 'libx264', '-preset', 'ultrafast', '-crf', '23', '-pix_fmt', 'yuv420p', '-c:a', 'aac'];
  await run('ffmpeg', ['-v', 'error', '-y', ...inputs, '-t', `${seconds}`, ...codecs, '-movflags', '+faststart', file]);
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

/** Seconds from the end of the upload until HLS could be played, and until all was done. */
async function processed(url: string, file: string): Promise<{ playable: number; whole: number }> {
  const id = await uploadTo(url, createReadStream(file), 'Bench');
  const startedAt = performance.now();
  let playable: number | undefined;
  for (;;) {
    const { body } = await request(`${url}/api/videos/${id}`);
    const video = (await body.json()) as Video;
    const passed = (performance.now() - startedAt) / 1000;
    if (video.links.hls !== null) playable ??= passed;
    if (video.status === 'ready') return { playable: playable ?? passed, whole: passed };
    if (video.status === 'failed') throw new Error(`Processing failed: ${video.failure?.detail}`);
    await pause(500);
  }
}

async function secondsOf(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return (performance.now() - startedAt) / 1000;
}
