/**
 * `npm test`: everything that CI runs, step by step; `npm test -- static metadata` runs just the steps or groups named.
 * Ends with a line `N passed, N failed`: every Jest test, and every static check as one.
 */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Holder, startHolder } from '@flixtube/dev-env/holder';
import { requireProgram } from '@flixtube/dev-env/programs';
import { messageOf } from '@flixtube/dev-env/setup-failure';
import { listenForStop } from '../start/stopping.ts';
import { chosen, plan } from './plan.ts';
import { failure, type Outcome, type Step } from './steps.ts';

type Result = Outcome & { name: string; seconds: number };

const say = (line: string) => process.stderr.write(`${line}\n`);
const { signal } = listenForStop(
  () => say('\nStopping'),
  () => undefined,
);

const all = plan();
const { steps, unknown } = chosen(all, process.argv.slice(2));
if (unknown.length > 0) {
  const names = ['static', 'unit', ...all.map((step) => step.name)];
  say(`There is no step ${unknown.join(' or ')}. There are: ${names.join(', ')}.`);
  process.exitCode = 1;
} else {
  report(await runAll(steps));
}

async function runAll(chosenSteps: Step[]): Promise<Result[]> {
  const results: Result[] = [];
  let backends: Holder | undefined;
  let backendsTried = false;
  const timed = async (name: string, run: () => Promise<Outcome>) => {
    say(`\n── ${name}`);
    const startedAt = performance.now();
    const outcome = await run().catch((error) => {
      say(messageOf(error));
      return failure;
    });
    const result = { ...outcome, name, seconds: (performance.now() - startedAt) / 1_000 };
    results.push(result);
    say(lineOf(result));
  };
  try {
    for (const step of chosenSteps) {
      if (signal.aborted) break;
      if (step.group === 'unit' && !backendsTried) {
        backendsTried = true;
        backends = await startBackends().catch((error) => {
          // The steps go on: each tries for itself, and those that need no backend pass.
          results.push({ name: 'backends', ...failure, seconds: 0 });
          say(messageOf(error));
          return undefined;
        });
      }
      // The whole system brings backends of its own, to be killed at will.
      if (step.group === 'e2e') {
        await backends?.stop();
        backends = undefined;
      }
      await timed(step.name, async () => {
        if (step.name === 'e2e') await requireProgram({ program: 'chromium', aptPackage: 'chromium', say });
        return step.run({ env: backends?.env ?? {}, signal });
      });
    }
  } finally {
    await backends?.stop();
  }
  return results;
}

async function startBackends(): Promise<Holder> {
  say('\n── backends, for the tests of all services');
  const dataFolder = await mkdtemp(path.join(tmpdir(), 'flixtube-test-'));
  return startHolder({ needs: ['rabbitmq', 'mongodb', 'azurite', 'ffmpeg'], dataFolder, temporary: true });
}

function report(results: Result[]): void {
  say('\n── results');
  for (const result of results) say(lineOf(result));
  const sum = (of: 'passed' | 'failed') => results.reduce((total, result) => total + result[of], 0);
  // What was broken off has not passed.
  const brokenOff = signal.aborted ? 1 : 0;
  if (brokenOff) say('✗ broken off');
  const failed = sum('failed') + brokenOff;
  if (failed > 0) process.exitCode = 1;
  process.stdout.write(`${sum('passed')} passed, ${failed} failed\n`);
}

function lineOf({ name, passed, failed, seconds }: Result): string {
  const counts = `${passed} passed${failed > 0 ? `, ${failed} failed` : ''}`;
  return `${failed > 0 ? '✗' : '✓'} ${name.padEnd(18)} ${seconds.toFixed(1).padStart(6)} s  ${counts}`;
}
