import type { StepName } from './options.ts';

/** A command of the pipeline: a program and its arguments. */
export type Command = readonly [program: string, ...args: string[]];

/** A step of a workspace's pipeline. */
export interface PipelineStep {
  name: StepName;
  /** What it runs, for a person. */
  shows: Command[];
  /** What must be there for it. */
  programs: string[];
  /**
   * Answers a note for the report, where there is something to say.
   * @throws StepFailure when it has failed, and nothing of what follows makes sense
   */
  run(): Promise<string | undefined>;
}

/** A step has found something wrong: an end of this pipeline, told in one line. */
export class StepFailure extends Error {
  override name = 'StepFailure';
}

/** A command as one would type it. */
export function asTyped(command: Command): string {
  return command.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ');
}
