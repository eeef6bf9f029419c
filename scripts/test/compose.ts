/** `npm run test:compose`: the end-to-end tests against Docker Compose, in a project of its own, removed afterwards. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { freePort } from '@flixtube/dev-env/ports';
import { findProgram, requireProgram } from '@flixtube/dev-env/programs';
import { root } from '@flixtube/dev-env/root';
import { SetupFailure } from '@flixtube/dev-env/setup-failure';
import { endWith, parseCommandLine } from '../command-line.ts';
import { listenForStop } from '../start/stopping.ts';
import { jest, type Outcome, runCommand } from './steps.ts';

const say = (line: string) => process.stderr.write(`${line}\n`);
const { signal } = listenForStop(
  () => say('\nStopping'),
  () => undefined,
);
const minutes = 60_000;

const usage = `npm run test:compose
The end-to-end tests against Docker Compose, in a project of its own that is removed afterwards.`;

try {
  parseCommandLine(usage, { args: process.argv.slice(2) });
  const { passed, failed } = await run();
  if (failed > 0) process.exitCode = 1;
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
} catch (error) {
  endWith(error);
}

async function run(): Promise<Outcome> {
  const docker = await findProgram('docker');
  if (!docker) throw new SetupFailure('Docker is missing: https://docs.docker.com/engine/install');
  await promisify(execFile)(docker, ['compose', 'version']).catch(() => {
    throw new SetupFailure('Docker has no compose plugin: https://docs.docker.com/compose/install');
  });
  await requireProgram({ program: 'chromium', aptPackage: 'chromium', say });
  const port = await freePort();
  const env = { GATEWAY_PORT: String(port), COMPOSE_PROJECT_NAME: `flixtube-test-${port}` };
  const compose = (args: string[], abort: AbortSignal) =>
    runCommand(docker, ['compose', ...args], { cwd: root, env, signal: abort, withinMs: 30 * minutes });
  try {
    const code = await compose(['up', '--build', '--wait', '--wait-timeout', '300'], signal);
    if (code !== 0) {
      if (!signal.aborted) await compose(['logs', '--tail', '40'], signal);
      throw new SetupFailure('docker compose up did not bring everything up: see above');
    }
    const url = `http://127.0.0.1:${port}`;
    return await jest('e2e', 'e2e').run({ env: { FLIXTUBE_URL: url }, signal });
  } finally {
    // Also when broken off.
    await compose(['down', '--volumes', '--remove-orphans'], new AbortController().signal);
  }
}
