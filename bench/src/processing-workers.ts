import path from 'node:path';
import { makeClip } from '@flixtube/dev-env/clips';
import { freePort } from '@flixtube/dev-env/ports';
import { environmentOf } from '@flixtube/dev-env/services';
import { startSystem } from '@flixtube/dev-env/system';
import { type BenchContext, say } from './bench.ts';
import type { Comparison } from './compare.ts';
import { processed } from './processed.ts';
import { type WorkerContainer, workerImage } from './worker-container.ts';

const seconds = Number(process.env.PROCESSING_BENCH_SECONDS ?? 180);
/** Of a processor, for each worker: what is left of two is for all else, so that a second worker takes nothing from the first. */
const share = 0.6;
const secrets = { IDENTITY_SECRET: 'a secret of the benchmark, 32 characters', COOKIE_SECRET: 'b'.repeat(40) };
const oneAtATime = { LOG_LEVEL: 'warn', PROCESSING_CONCURRENCY: '1', PROCESSING_THREADS: '1' };

/** Two workers of one thread each, against one of them, each as if on a machine of its own, on a system of their own. */
export async function* processingWorkers({ folder }: BenchContext): AsyncGenerator<Comparison> {
  const startWorker = await workerImage();
  const file = path.join(folder, 'workers.mp4');
  say(`making a clip of ${seconds} s`);
  await makeClip(file, { seconds, size: '1920x1080', rate: 30 });
  const system = await startSystem({ dataFolder: path.join(folder, 'workers'), secrets, env: oneAtATime, say });
  const workers: WorkerContainer[] = [];
  const addWorker = async () => {
    const env = { ...system.env, ...secrets, ...oneAtATime, ...environmentOf('video-processing', system.ports) };
    workers.push(await startWorker({ env, port: await freePort(), cpus: share }));
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
    await Promise.all(workers.map((worker) => worker.stop()));
    await system.stop();
  }
}
