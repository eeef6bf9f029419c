/**
 * `npm test`: everything that CI runs, step by step; `npm test -- static metadata` runs just the steps or groups named.
 * Ends with a line `N passed, N failed`: every Jest test, and every static check as one. With `--complete`, as in CI, a check
 * that had to be left out, since something for it could not be had here, is a failure.
 */
import { mkdtemp } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { type Holder, startHolder } from '@flixtube/dev-env/holder';
import { requireProgram } from '@flixtube/dev-env/programs';
import { messageOf, SetupFailure } from '@flixtube/dev-env/setup-failure';
import { endWith, parseCommandLine } from '../command-line.ts';
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
const usage = `npm test -- [--complete] [step ...]
Everything that CI runs, or just the steps that are named.
  --complete   what had to be left out, since something for it could not be had here, is a failure
Steps: ${['static', 'unit', ...all.map((step) => step.name)].join(', ')}.`;

try {
  const options = { complete: { type: 'boolean', default: false } } as const;
  const args = process.argv.slice(2);
  const { positionals, values } = parseCommandLine(usage, { args, options, allowPositionals: true });
  const { steps, unknown } = chosen(all, positionals);
  if (unknown.length > 0) throw new SetupFailure(`There is no step ${unknown.join(' or ')}.\n${usage}`);
  report(await runAll(steps), values.complete);
} catch (error) {
  endWith(error);
}

async function runAll(chosenSteps: Step[]): Promise<Result[]> {
  const results: Result[] = [];
  const of = (group: Step['group']) => chosenSteps.filter((step) => step.group === group);
  await runEach(of('static'), results);
  if (of('unit').length > 0 && !signal.aborted) {
    const backends = await startBackends().catch((error) => {
      // The steps go on: each tries for itself, and those that need no backend pass.
      results.push({ name: 'backends', ...failure, seconds: 0 });
      say(messageOf(error));
      return undefined;
    });
    try {
      await runSideBySide(of('unit'), results, backends?.env ?? {});
    } finally {
      await backends?.stop();
    }
  }
  // The whole system brings backends of its own, to be killed at will.
  await runEach(of('e2e'), results);
  return results;
}

async function runEach(some: Step[], results: Result[]): Promise<void> {
  for (const step of some) {
    if (signal.aborted) return;
    say(`\n── ${step.name}`);
    const result = await timed(step, async () => {
      if (step.name === 'e2e') await requireProgram({ program: 'chromium', aptPackage: 'chromium', say });
      return step.run({ env: {}, signal });
    });
    results.push(result);
    say(lineOf(result));
  }
}

/**
 * Tests of services wait much: for backends, for what is to be tried again. So there are as many at a time as there are
 * processors, on the same backends, of which each test has a part of its own. What a step prints is shown at its end.
 */
async function runSideBySide(some: Step[], results: Result[], env: Record<string, string>): Promise<void> {
  const waiting = [...some];
  const runInTurn = async () => {
    for (let step = waiting.shift(); step && !signal.aborted; step = waiting.shift()) {
      const { name, run } = step;
      const printed: Buffer[] = [];
      say(`── ${name}: begun`);
      const onOutput = (bytes: Buffer) => printed.push(bytes);
      const result = await timed(step, () => run({ env, signal, onOutput }));
      results.push(result);
      say(`\n── ${name}\n${Buffer.concat(printed)}${lineOf(result)}`);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, runInTurn));
}

async function timed({ name }: Step, run: () => Promise<Outcome>): Promise<Result> {
  const startedAt = performance.now();
  const outcome = await run().catch((error) => {
    say(messageOf(error));
    return failure;
  });
  return { ...outcome, name, seconds: (performance.now() - startedAt) / 1_000 };
}

async function startBackends(): Promise<Holder> {
  say('\n── backends, for the tests of all services');
  const dataFolder = await mkdtemp(path.join(tmpdir(), 'flixtube-test-'));
  return startHolder({ needs: ['rabbitmq', 'mongodb', 'azurite', 'ffmpeg'], dataFolder, temporary: true });
}

function report(results: Result[], complete: boolean): void {
  say('\n── results');
  for (const result of results) say(lineOf(result));
  const sum = (of: 'passed' | 'failed') => results.reduce((total, result) => total + result[of], 0);
  // What was broken off has not passed.
  const brokenOff = signal.aborted ? 1 : 0;
  if (brokenOff) say('✗ broken off');
  const leftOut = results.reduce((total, result) => total + (result.leftOut ?? 0), 0);
  if (leftOut > 0) say(`${complete ? '✗' : '–'} ${leftOut} checks were left out: see above what they want`);
  const failed = sum('failed') + brokenOff + (complete ? leftOut : 0);
  if (failed > 0) process.exitCode = 1;
  process.stdout.write(`${sum('passed')} passed, ${failed} failed\n`);
}

function lineOf({ name, passed, failed, leftOut, seconds }: Result): string {
  const counts = `${passed} passed${failed > 0 ? `, ${failed} failed` : ''}${leftOut ? `, ${leftOut} left out` : ''}`;
  return `${failed > 0 ? '✗' : '✓'} ${name.padEnd(18)} ${seconds.toFixed(1).padStart(6)} s  ${counts}`;
}
