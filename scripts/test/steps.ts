import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { endingWithUs } from '@flixtube/dev-env/managed-process';
import { isThere } from '@flixtube/dev-env/programs';
import { root } from '@flixtube/dev-env/root';

/** How many tests of a step passed and failed; a static check counts as one. */
export interface Outcome {
  passed: number;
  failed: number;
  /** Checks for which something could not be had here. */
  leftOut?: number;
}

export interface StepContext {
  /** Where the backends are, for the steps that need them. */
  env: Record<string, string>;
  /** Breaks the step off. */
  signal: AbortSignal;
  /** Told what the step prints, while other steps print too. Without it the step prints by itself. */
  onOutput?(bytes: Buffer): void;
}

export interface Step {
  name: string;
  group: 'static' | 'unit' | 'e2e';
  run(context: StepContext): Promise<Outcome>;
}

export const failure: Outcome = { passed: 0, failed: 1 };
const success: Outcome = { passed: 1, failed: 0 };
const minutes = 60_000;

/** A step that is one command, and one test: it passes when the command does. */
export function check(name: string, command: string, args: string[]): Step {
  const run = async ({ env, signal }: StepContext) =>
    (await runCommand(command, args, { cwd: root, env, signal, withinMs: 5 * minutes })) === 0 ? success : failure;
  return { name, group: 'static', run };
}

/**
 * A step that is the Jest of a workspace, and counts its tests. One test at a time: the services and backends under test
 * want their share of the processors, too.
 */
export function jest(workspace: string, group: 'unit' | 'e2e', moreArgs: string[] = []): Step {
  const run = async ({ env, signal, onOutput }: StepContext) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'flixtube-jest-'));
    const report = path.join(folder, 'report.json');
    const args = ['--runInBand', '--json', `--outputFile=${report}`, ...moreArgs];
    const code = await runCommand('jest', args, {
      cwd: path.join(root, workspace),
      env: { ...env, NODE_OPTIONS: '--experimental-vm-modules --no-warnings=ExperimentalWarning' },
      signal,
      withinMs: (group === 'e2e' ? 60 : 15) * minutes,
      lastDeed: report,
      ...(onOutput && { onOutput }),
    });
    const counts = await readFile(report, 'utf8').then(countTests, () => ({ passed: 0, failed: 0 }));
    await rm(folder, { recursive: true });
    // Jest also fails without a failed test: a suite that cannot be loaded, a backend that cannot be had.
    return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
  };
  return { name: workspace, group, run };
}

function countTests(report: string): Outcome {
  const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(report) as Record<string, number>;
  return { passed: numPassedTests ?? 0, failed: (numFailedTests ?? 0) + (numRuntimeErrorTestSuites ?? 0) };
}

interface CommandOptions {
  cwd: string;
  env: Record<string, string>;
  signal: AbortSignal;
  withinMs: number;
  /** A file that the command writes when it has done its work: from then on it has 15 s to end. */
  lastDeed?: string;
  /** Told what it writes to standard error, instead of passing that through. */
  onOutput?(bytes: Buffer): void;
}

/** Runs a command of the repository with its output passed through, and gives its exit code. */
export async function runCommand(command: string, args: string[], o: CommandOptions): Promise<number> {
  if (o.signal.aborted) return 1;
  const [program, programArgs] = await endingWithUs(command, args);
  const child = spawn(program, programArgs, {
    cwd: o.cwd,
    // What Jest reports goes to standard error, its JSON to the file: standard output is not wanted.
    stdio: ['ignore', args.includes('--json') ? 'ignore' : 'inherit', o.onOutput ? 'pipe' : 'inherit'],
    // A group of its own, so that all of it can be ended, and by us alone.
    detached: true,
    env: { ...process.env, ...o.env, PATH: `${path.join(root, 'node_modules/.bin')}:${process.env.PATH}` },
  });
  if (o.onOutput) child.stderr?.on('data', o.onOutput);
  const end = (signal: NodeJS.Signals) => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, signal);
    } catch {
      // Gone.
    }
  };
  const deadline = setTimeout(() => {
    process.stderr.write(`${command} has not ended within ${o.withinMs / minutes} minutes: it is ended now\n`);
    end('SIGKILL');
  }, o.withinMs);
  let lingers = false;
  const lookForLastDeed = setInterval(async () => {
    if (o.lastDeed === undefined || !(await isThere(o.lastDeed))) return;
    clearInterval(lookForLastDeed);
    await sleep(15_000, undefined, { ref: false });
    if (child.exitCode !== null || child.signalCode !== null) return;
    lingers = true;
    process.stderr.write('The tests are over, but something that they have left open kept Jest from ending\n');
    end('SIGKILL');
  }, 1_000);
  const onAbort = () => end('SIGTERM');
  o.signal.addEventListener('abort', onAbort);
  try {
    return await new Promise((resolve) => {
      child.once('error', (error) => {
        process.stderr.write(`${command}: ${error.message}\n`);
        resolve(1);
      });
      child.once('exit', (code) => resolve(lingers ? 0 : (code ?? 1)));
    });
  } finally {
    clearTimeout(deadline);
    clearInterval(lookForLastDeed);
    o.signal.removeEventListener('abort', onAbort);
  }
}
