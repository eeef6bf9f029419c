/**
 * `npm run ci -w metadata`: all that is checked of a workspace before it is delivered, the same on a laptop and in
 * .github/workflows/service.yaml. What a machine lacks the programs for is left out, and said so.
 */
import { endWith } from '../command-line.ts';
import { listenForStop } from '../start/stopping.ts';
import { commandsUntil } from './commands.ts';
import { readOptions } from './options.ts';
import { missingPrograms, pipelineOf } from './pipeline.ts';
import { asTyped, type PipelineStep, StepFailure } from './steps.ts';

const say = (line: string) => process.stderr.write(`${line}\n`);
const { signal } = listenForStop(
  () => say('\nStopping'),
  () => undefined,
);

try {
  process.exitCode = await run();
} catch (error) {
  endWith(error);
}

async function run(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  const commands = commandsUntil(signal);
  const revision = await commands.output(['git', 'rev-parse', 'HEAD']);
  const results: Result[] = [];
  for (const step of pipelineOf(options, revision, commands, signal)) {
    const missing = (await missingPrograms(step)).join(' and ');
    const why = missing && `${missing} not on this machine`;
    if (options.dryRun) {
      const commandLines = step.shows.map((command) => `  ${asTyped(command)}`);
      say([`${step.name}${missing ? ` (left out: ${why})` : ''}`, ...commandLines].join('\n'));
      continue;
    }
    say(`\n── ${options.workspace}: ${step.name}`);
    const result = missing ? leftOut(step, why, options.complete) : await outcomeOf(step);
    say(result.line);
    results.push(result);
    if (result.failed) break;
  }
  if (results.length > 0) say(`\n── ${options.workspace}\n${results.map(({ line }) => line).join('\n')}`);
  return results.some(({ failed }) => failed) ? 1 : 0;
}

interface Result {
  failed: boolean;
  /** One line of the report. */
  line: string;
}

function leftOut({ name }: PipelineStep, why: string, complete: boolean): Result {
  return { failed: complete, line: `${complete ? '✗' : '–'} ${name.padEnd(6)} ${complete ? why : `left out: ${why}`}` };
}

async function outcomeOf(step: PipelineStep): Promise<Result> {
  const startedAt = performance.now();
  const seconds = () => `${((performance.now() - startedAt) / 1_000).toFixed(1)} s`.padStart(8);
  try {
    const note = await step.run();
    return { failed: false, line: `✓ ${step.name.padEnd(6)} ${seconds()}${note ? `  ${note}` : ''}` };
  } catch (error) {
    if (!(error instanceof StepFailure)) throw error;
    return { failed: true, line: `✗ ${step.name.padEnd(6)} ${seconds()}  ${error.message}` };
  }
}
