import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { makeClip } from '@flixtube/dev-env/clips';
import { ManagedProcess } from '@flixtube/dev-env/managed-process';
import { freePort } from '@flixtube/dev-env/ports';
import { findProgram } from '@flixtube/dev-env/programs';
import { root } from '@flixtube/dev-env/root';
import { environmentOf } from '@flixtube/dev-env/services';
import { startSystem } from '@flixtube/dev-env/system';
import { type BenchContext, say } from './bench.ts';
import type { Comparison } from './compare.ts';
import { processed } from './processed.ts';

const seconds = Number(process.env.PROCESSING_BENCH_SECONDS ?? 180);
/** Of a processor, for each worker. What is left of two is for all else, so that neither takes from the other. */
const share = 0.6;
const image = 'flixtube/video-processing:bench';
const secrets = { IDENTITY_SECRET: 'a secret of the benchmark, 32 characters', COOKIE_SECRET: 'b'.repeat(40) };
const quiet = { LOG_LEVEL: 'warn' };
const oneAtATime = { PROCESSING_CONCURRENCY: '1', PROCESSING_THREADS: '1' };

/** Two workers of one thread each, against one of them, each as if on a machine of its own, on a system of their own. */
export async function* processingWorkers({ folder }: BenchContext): AsyncGenerator<Comparison> {
  const docker = await imageMade();
  const file = path.join(folder, 'workers.mp4');
  say(`making a clip of ${seconds} s`);
  await makeClip(file, { seconds, size: '1920x1080', rate: 30 });
  const system = await startSystem({ dataFolder: path.join(folder, 'workers'), secrets, env: quiet, say });
  const workers: ManagedProcess[] = [];
  const addWorker = async () => {
    const port = await freePort();
    const own = environmentOf('video-processing', { ...system.ports, 'video-processing': port });
    const worker = workerOf(docker, port, { ...system.env, ...secrets, ...quiet, ...oneAtATime, ...own });
    workers.push(worker);
    await worker.start();
    await worker.ready(60_000);
  };
  try {
    await system.stopOne('video-processing');
    await addWorker();
    const one = await processed(system.url, file);
    await addWorker();
    const two = await processed(system.url, file);
    yield {
      name: `a ${seconds} s file of 1080p30 to the full ladder by two workers of ${share} processors, against one`,
      unit: 's',
      ours: two.whole,
      reference: one.whole,
    };
  } finally {
    await Promise.allSettled(workers.map((worker) => worker.stop()));
    await system.stop();
  }
}

/**
 * Makes the workers' image, and answers Docker's program.
 * @throws Error when there is no Docker
 */
async function imageMade(): Promise<string> {
  const docker = await findProgram('docker');
  if (docker === undefined) {
    throw new Error('This benchmark holds each worker to a share of a processor by Docker. Please install Docker.');
  }
  say('making the image of the workers');
  const args = ['build', '--file', 'video-processing/Dockerfile', '--tag', image, '.'];
  await promisify(execFile)(docker, args, { cwd: root, maxBuffer: 2 ** 26 });
  return docker;
}

function workerOf(docker: string, port: number, env: Record<string, string>): ManagedProcess {
  return new ManagedProcess({
    name: 'worker',
    command: docker,
    args: [
      ...['run', '--rm', '--network', 'host', '--cpus', String(share)],
      // By their names alone, so that no secret stands in a list of processes.
      ...Object.keys(env).flatMap((name) => ['--env', name]),
      image,
    ],
    env: { ...process.env, ...env },
    isReady: async () => (await fetch(`http://127.0.0.1:${port}/health/ready`)).ok,
    onLine: say,
    linesAreSeen: true,
    stopWithinMs: 30_000,
  });
}
