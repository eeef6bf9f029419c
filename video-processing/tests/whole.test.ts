import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { VideoProcessed } from '@flixtube/contracts/events/video-processed';
import type { VideoProcessingProgressed } from '@flixtube/contracts/events/video-processing-progressed';
import type { HlsTrack } from '@flixtube/contracts/hls-manifest';
import type { ProbedEvent } from '@flixtube/dev-env/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createSystem, type System } from './support/system.ts';
import { WorkerProcess } from './support/worker-process.ts';

const run = promisify(execFile);

let system: System;
let folder: string;
const processes: WorkerProcess[] = [];
beforeEach(async () => {
  system = await createSystem();
  folder = await mkdtemp(join(tmpdir(), 'flixtube-whole-'));
});
afterEach(async () => {
  await Promise.all(processes.splice(0).map((one) => one.kill()));
  await system.close();
  await rm(folder, { recursive: true, force: true });
});

/** A clip of so many seconds, 320x240 at 25 a second, with sound. */
async function clip(seconds: number): Promise<Buffer> {
  const file = join(folder, 'clip.mp4');
  const picture = ['-f', 'lavfi', '-i', `testsrc2=size=320x240:rate=25:duration=${seconds}`];
  const sound = ['-f', 'lavfi', '-i', `sine=frequency=440:sample_rate=48000:duration=${seconds}`];
  const encoders = ['-c:v', 'libx264', '-preset', 'ultrafast', '-c:a', 'aac', '-pix_fmt', 'yuv420p'];
  await run('ffmpeg', ['-v', 'error', ...picture, ...sound, ...encoders, file]);
  return readFile(file);
}

/** What is in a track when it is put together and decoded: every frame's time, and what the decoder complains of. */
async function decoded(track: HlsTrack, kind: 'v' | 'a'): Promise<{ times: number[]; complaints: string }> {
  const bytes = (key: string, start: number, length: number) =>
    system.storage.objects.get(key)?.subarray(start, start + length) ?? Buffer.alloc(0);
  const segments = track.parts.flatMap(({ key, segments: all }) =>
    all.map(({ start, length }) => bytes(key, start, length)),
  );
  const file = join(folder, 'track.mp4');
  await writeFile(file, Buffer.concat([bytes(track.init.key, track.init.start, track.init.length), ...segments]));
  const { stderr } = await run('ffmpeg', ['-v', 'warning', '-i', file, '-f', 'null', '-']);
  const entries = ['-select_streams', kind, '-show_entries', 'packet=pts_time', '-of', 'csv=p=0'];
  const { stdout } = await run('ffprobe', ['-v', 'error', ...entries, file]);
  const times = stdout.split('\n').filter(Boolean).map(Number.parseFloat);
  return { times: times.toSorted((a, b) => a - b), complaints: stderr };
}

/** Everything is there, continuous and decodable, and nothing else. */
async function expectWhole(processed: ProbedEvent<VideoProcessed>, seconds: number): Promise<void> {
  await system.idle();
  const { manifest, keys } = system.named(processed);
  expect(system.storage.keys).toEqual(keys);
  expect(processed.data.poster).not.toBeNull();
  for (const track of manifest.video) {
    const { times, complaints } = await decoded(track, 'v');
    expect(complaints).toBe('');
    expect(times).toHaveLength(25 * seconds);
    for (const [frame, time] of times.entries()) expect(time - (times[0] ?? 0)).toBeCloseTo(frame / 25, 3);
  }
  for (const track of manifest.audio) {
    const { times, complaints } = await decoded(track, 'a');
    expect(complaints).toBe('');
    const gaps = times.slice(1).map((time, i) => time - (times[i] ?? 0));
    for (const gap of gaps) expect(gap).toBeCloseTo(1_024 / 48_000, 3);
  }
  expect(system.probe.deadLetters()).toEqual([]);
}

describe('a real video', () => {
  it('when it is uploaded, then it is processed by ffmpeg, and can be played before that is done', async () => {
    await system.startReal();
    const upload = system.store(await clip(20));
    await system.announce(upload);

    const processed = await system.probe.next<VideoProcessed>('video.processed', undefined, 120_000);

    const progress = system.probe.published<VideoProcessingProgressed>('video.processing-progressed');
    expect(progress.some(({ data }) => data.playable)).toBe(true);
    expect(processed.data).toMatchObject({ width: 320, height: 240 });
    expect(processed.data.durationSeconds).toBeCloseTo(20, 0);
    await expectWhole(processed, 20);
  }, 180_000);

  it('when its worker is killed again and again, then it is processed all the same, and no file is left', async () => {
    const upload = system.store(await clip(20));
    // So that there are queues.
    await (await system.startReal()).stop();
    await system.announce(upload);
    let isKilled = false;
    // A worker is killed as it puts in its first object: in the middle of a task, with its files still there.
    system.storage.beforePut = async () => {
      if (isKilled || processes.length > 3) return;
      isKilled = true;
      await processes.at(-1)?.kill();
    };
    const done = system.probe.next<VideoProcessed>('video.processed', undefined, 120_000);
    let isDone = false;
    void done.finally(() => {
      isDone = true;
    });
    const kills: number[] = [];
    while (!isDone && kills.length < 3) {
      isKilled = false;
      processes.push(new WorkerProcess(system.env));
      while (!isKilled && !isDone) await new Promise((resolve) => setTimeout(resolve, 20));
      kills.push(processes.length);
    }
    processes.push(new WorkerProcess(system.env));

    await expectWhole(await done, 20);
    expect(kills).toHaveLength(3);
  }, 180_000);
});
