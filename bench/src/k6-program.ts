import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rename, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { aptInstall, findProgram, runnable, type Say } from '@flixtube/dev-env/programs';
import { root } from '@flixtube/dev-env/root';
import { SetupFailure } from '@flixtube/dev-env/setup-failure';

/** The module's path names no major version up to 1. */
const version = 'v1.8.1';

/**
 * k6: from PATH, else built once from its source by Go, which takes some minutes, into .flixtube/bin.
 * @throws SetupFailure with what is missing
 */
export async function requireK6(say: Say): Promise<string> {
  const found = await findProgram('k6');
  if (found) return found;
  const program = join(root, '.flixtube/bin', `k6-${version}`);
  if (await runnable(program)) return program;
  if (!(await findProgram('go'))) await aptInstall('golang-go', say);
  const go = await findProgram('go');
  if (!go) {
    throw new SetupFailure('k6 is missing, and Go to build it: https://grafana.com/docs/k6/latest/set-up/install-k6/');
  }
  say(`k6: building ${version} with Go: some minutes, this once`);
  const folder = join(root, '.flixtube/bin', `k6-${process.pid}`);
  await mkdir(folder, { recursive: true });
  const args = ['install', '-trimpath', '-ldflags=-s -w', `go.k6.io/k6@${version}`];
  const env = { CGO_ENABLED: '0', GOBIN: folder, GOFLAGS: '' };
  if ((await runToEnd(go, args, env)) !== 0) throw new SetupFailure('k6 could not be built: see above');
  await rename(join(folder, 'k6'), program);
  await rmdir(folder);
  return program;
}

/** Runs a program whose output is everybody's to see; answers its exit code. Ends it when this process is asked to end. */
export async function runToEnd(program: string, args: string[], env: Record<string, string> = {}): Promise<number> {
  const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, ...env } });
  const end = (signal: NodeJS.Signals) => child.kill(signal);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, end);
  const [code] = await once(child, 'exit');
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, end);
  return code ?? 1;
}
