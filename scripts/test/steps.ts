import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

export const root = path.resolve(import.meta.dirname, '../..');

/** How many tests of a step passed and failed; a static check counts as one. */
export interface Outcome {
  passed: number;
  failed: number;
}

export interface Step {
  name: string;
  run(env: Record<string, string>): Promise<Outcome>;
}

/** A step that is one command, and one test: it passes when the command does. */
export function check(name: string, command: string, args: string[]): Step {
  return { name, run: async (env) => ((await runCommand(command, args, root, env)) === 0 ? pass : fail) };
}

/**
 * A step that is the Jest of a workspace, and counts its tests. One test at a time: two cores have enough to do with
 * the services and backends under test.
 */
export function jest(workspace: string): Step {
  return {
    name: workspace,
    run: async (env) => {
      const folder = await mkdtemp(path.join(tmpdir(), 'flixtube-jest-'));
      const report = path.join(folder, 'report.json');
      const args = ['--runInBand', '--passWithNoTests', '--json', `--outputFile=${report}`];
      const withModules = { ...env, NODE_OPTIONS: '--experimental-vm-modules --no-warnings=ExperimentalWarning' };
      const code = await runCommand('jest', args, path.join(root, workspace), withModules);
      const counts = await readFile(report, 'utf8').then(countTests, () => ({ passed: 0, failed: 0 }));
      await rm(folder, { recursive: true });
      // Jest also fails without a failed test: a suite that can't be loaded, a backend that can't be had.
      return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
    },
  };
}

const pass: Outcome = { passed: 1, failed: 0 };
const fail: Outcome = { passed: 0, failed: 1 };

function countTests(report: string): Outcome {
  const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(report) as Record<string, number>;
  return { passed: numPassedTests ?? 0, failed: (numFailedTests ?? 0) + (numRuntimeErrorTestSuites ?? 0) };
}

/** Runs a command of the repository with its output passed through, and gives its exit code. */
function runCommand(command: string, args: string[], cwd: string, env: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      // What Jest reports goes to standard error, its JSON to the file: standard output is not wanted.
      stdio: ['ignore', args.includes('--json') ? 'ignore' : 'inherit', 'inherit'],
      env: { ...process.env, ...env, PATH: `${path.join(root, 'node_modules/.bin')}:${process.env.PATH}` },
    });
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
