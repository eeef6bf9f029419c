import { existsSync } from 'node:fs';
import path from 'node:path';
import { findProgram } from '@flixtube/dev-env/programs';
import { root } from '@flixtube/dev-env/root';
import { jest } from '../test/steps.ts';
import type { Commands } from './commands.ts';
import { imageSteps } from './image.ts';
import type { Options } from './options.ts';
import { isService, standsOn, workspaces } from './standing-on.ts';
import { type Command, type PipelineStep, StepFailure } from './steps.ts';

/** Every step of a workspace's pipeline, in order; those of an image only where it has one. */
export function pipelineOf(o: Options, revision: string, commands: Commands, signal: AbortSignal): PipelineStep[] {
  const steps = [
    commandStep('lint', commands, lintCommand(o.workspace)),
    commandStep('types', commands, ...typesCommands(o.workspace)),
    ...(existsSync(path.join(root, o.workspace, 'jest.config.js')) ? [testsStep(o.workspace, signal)] : []),
    ...(isService(o.workspace) ? imageSteps(o, revision, commands) : []),
  ];
  return steps.filter((step) => o.only.includes(step.name));
}

/** The programs of a step that are not on this machine. */
export async function missingPrograms(step: PipelineStep): Promise<string[]> {
  const found = await Promise.all(step.programs.map(findProgram));
  return step.programs.filter((_, index) => found[index] === undefined);
}

function commandStep(name: 'lint' | 'types', commands: Commands, ...all: Command[]): PipelineStep {
  const run = async () => {
    for (const command of all) await commands.run(command);
    return undefined;
  };
  return { name, shows: all, programs: [], run };
}

function lintCommand(workspace: string): Command {
  const own = standsOn(workspace).filter((one) => workspaces().includes(one));
  return ['biome', 'check', '--error-on-warnings', ...own];
}

/** One program checks all services at once, in about a second; the web app has settings of its own. */
function typesCommands(workspace: string): Command[] {
  return [['tsc'], ...(standsOn(workspace).includes('web') ? [['tsc', '-p', 'web'] as const] : [])];
}

/** On the backends in the environment, and on fresh ones where it names none. */
function testsStep(workspace: string, signal: AbortSignal): PipelineStep {
  const run = async () => {
    const { passed, failed } = await jest(workspace, 'unit').run({ env: {}, signal });
    if (failed > 0) throw new StepFailure(`${failed} of ${passed + failed} tests failed`);
    return `${passed} tests passed`;
  };
  return { name: 'tests', shows: [['npm', 'test', '--workspace', workspace]], programs: [], run };
}
