import { execFile } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { findProgram } from '@flixtube/dev-env/programs';
import { root } from '@flixtube/dev-env/root';

const run = promisify(execFile);
const image = 'flixtube/video-processing:bench';

/** A worker that has no more than a share of this machine, as if it had a small one to itself. */
export interface WorkerContainer {
  stop(): Promise<void>;
}

/**
 * Makes the image of the workers, and gives what starts one of them: it resolves when that worker is ready.
 * @throws Error when there is no Docker
 */
export async function workerImage(): Promise<
  (o: { env: Record<string, string>; port: number; cpus: number }) => Promise<WorkerContainer>
> {
  const docker = await findProgram('docker');
  if (docker === undefined) {
    throw new Error('This benchmark holds each worker to a share of a processor by Docker. Please install Docker.');
  }
  const build = ['build', '--file', 'video-processing/Dockerfile', '--tag', image, '.'];
  await run(docker, build, { cwd: root, maxBuffer: 2 ** 26 });
  return async ({ env, port, cpus }) => {
    const all = { ...env, PORT: String(port) };
    const { stdout } = await run(
      docker,
      [
        ...['run', '--detach', '--rm', '--network', 'host', '--cpus', String(cpus)],
        // By their names alone, so that no secret stands in a list of processes.
        ...Object.keys(all).flatMap((name) => ['--env', name]),
        image,
      ],
      { env: { ...process.env, ...all } },
    );
    const container = stdout.trim();
    const stop = async () => {
      await run(docker, ['stop', container]);
    };
    try {
      await ready(port);
      return { stop };
    } catch (error) {
      const { stdout: said, stderr } = await run(docker, ['logs', '--tail', '20', container]);
      await stop();
      throw new Error(`The worker did not get ready:\n${said}${stderr}`, { cause: error });
    }
  };
}

async function ready(port: number): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    const answer = await fetch(`http://127.0.0.1:${port}/health/ready`).catch(() => undefined);
    if (answer?.ok) return;
    await pause(100);
  }
  throw new Error('a minute is over');
}
