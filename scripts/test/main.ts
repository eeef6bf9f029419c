/** `npm test`: everything that CI runs, step by step. `npm test -- lint metadata` runs just the steps named. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startHolder } from '@flixtube/dev-env/holder';
import { requireProgram } from '@flixtube/dev-env/programs';
import { check, jest, type Outcome, type Step } from './steps.ts';

const say = (line: string) => process.stderr.write(`${line}\n`);

const staticChecks: Step[] = [
  check('types', 'tsc', []),
  check('web-types', 'tsc', ['-p', 'web']),
  check('lint', 'biome', ['check', '--error-on-warnings']),
  check('boundaries', 'npm', ['run', '--silent', 'boundaries']),
  check('unused', 'knip', []),
];

const workspaces: Step[] = [
  'packages/dev-env',
  'packages/chassis',
  'video-storage',
  'video-upload',
  'metadata',
  'video-streaming',
  'history',
  'gateway',
  'web',
].map(jest);

const endToEnd = jest('e2e');

const all = [...staticChecks, ...workspaces, endToEnd];
const names = process.argv.slice(2);
const unknown = names.filter((name) => !all.some((step) => step.name === name));
if (unknown.length > 0) {
  say(`There is no step ${unknown.join(' or ')}. There are: ${all.map((step) => step.name).join(', ')}.`);
  process.exitCode = 2;
} else {
  await runAll(names.length === 0 ? all : all.filter((step) => names.includes(step.name)));
}

async function runAll(steps: Step[]): Promise<void> {
  const results: (Outcome & { name: string; seconds: number })[] = [];
  const needBackends = steps.some((step) => workspaces.includes(step));
  let env: Record<string, string> = {};
  let release = async () => {};
  try {
    if (needBackends) {
      const dataFolder = await mkdtemp(path.join(tmpdir(), 'flixtube-test-'));
      const holder = await startHolder({
        needs: ['rabbitmq', 'mongodb', 'azurite', 'ffmpeg'],
        dataFolder,
        temporary: true,
      });
      env = holder.env;
      release = holder.stop;
    }
    for (const step of steps) {
      say(`\n── ${step.name}`);
      const startedAt = Date.now();
      // The whole system brings backends of its own, to be killed at will.
      const stepEnv = step === endToEnd ? {} : env;
      if (step === endToEnd) {
        await release();
        await requireProgram({ program: 'chromium', aptPackage: 'chromium', say });
      }
      const outcome = await step.run(stepEnv);
      results.push({ ...outcome, name: step.name, seconds: (Date.now() - startedAt) / 1000 });
    }
  } finally {
    await release();
  }
  report(results);
}

function report(results: (Outcome & { name: string; seconds: number })[]): void {
  say('');
  for (const { name, passed, failed, seconds } of results) {
    const counts = `${passed} passed${failed > 0 ? `, ${failed} failed` : ''}`;
    say(`${failed > 0 ? '✗' : '✓'} ${name.padEnd(18)} ${seconds.toFixed(1).padStart(6)} s  ${counts}`);
  }
  const sum = (of: 'passed' | 'failed') => results.reduce((total, result) => total + result[of], 0);
  if (sum('failed') > 0) process.exitCode = 1;
  process.stdout.write(`${sum('passed')} passed, ${sum('failed')} failed\n`);
}
