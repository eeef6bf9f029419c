import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { makeClip } from '@flixtube/dev-env/clips';
import { freePort } from '@flixtube/dev-env/ports';
import { root } from '@flixtube/dev-env/root';
import { environmentOf } from '@flixtube/dev-env/services';
import { startSystem } from '@flixtube/dev-env/system';
import { type BenchContext, say } from './bench.ts';
import type { Comparison } from './compare.ts';
import { processed } from './processed.ts';

const seconds = Number(process.env.PROCESSING_BENCH_SECONDS ?? 180);
const secrets = { IDENTITY_SECRET: 'a secret of the benchmark, 32 characters', COOKIE_SECRET: 'b'.repeat(40) };
const oneAtATime = { LOG_LEVEL: 'warn', PROCESSING_CONCURRENCY: '1', PROCESSING_THREADS: '1' };

/** Two workers of one thread each, against one of them, on a system of their own. */
export async function* processingWorkers({ folder }: BenchContext): AsyncGenerator<Comparison> {
  const file = path.join(folder, 'workers.mp4');
  say(`making a clip of ${seconds} s`);
  await makeClip(file, { seconds, size: '1920x1080', rate: 30 });
  const system = await startSystem({ dataFolder: path.join(folder, 'workers'), secrets, env: oneAtATime, say });
  try {
    const one = await processed(system.url, file);
    const port = await freePort();
    const env = {
      ...process.env,
      ...system.env,
      ...secrets,
      ...oneAtATime,
      ...environmentOf('video-processing', system.ports),
      PORT: String(port),
    };
    const second = spawn(process.execPath, ['--max-semi-space-size=1', 'src/main.ts'], {
      cwd: path.join(root, 'video-processing'),
      env,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    try {
      await ready(port);
      const two = await processed(system.url, file);
      yield {
        name: `a ${seconds} s file of 1080p30 to the full ladder by two workers of one thread, against one`,
        unit: 's',
        ours: two.whole,
        reference: one.whole,
      };
    } finally {
      const gone = once(second, 'exit');
      second.kill('SIGTERM');
      await gone;
    }
  } finally {
    await system.stop();
  }
}

async function ready(port: number): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    const answer = await fetch(`http://127.0.0.1:${port}/health/ready`).catch(() => undefined);
    if (answer?.ok) return;
    await pause(100);
  }
  throw new Error('the second worker did not get ready');
}
