import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { root } from '@flixtube/dev-env/root';
import { runCommand } from '../test/steps.ts';
import { asTyped, type Command, StepFailure } from './steps.ts';

const minutes = 60_000;

/** Runs commands of the pipeline, at the root of the repository. */
export interface Commands {
  /** With its output passed through. @throws StepFailure when it fails */
  run(command: Command): Promise<void>;
  /** Its standard output, without the last line's end. @throws StepFailure with its standard error when it fails */
  output(command: Command): Promise<string>;
}

/** Commands that end when the signal is aborted. */
export function commandsUntil(signal: AbortSignal): Commands {
  return {
    run: async (command) => {
      const [program, ...args] = command;
      const code = await runCommand(program, args, { cwd: root, env: {}, signal, withinMs: 30 * minutes });
      if (code !== 0)
        throw new StepFailure(`${asTyped(command.slice(0, 3) as unknown as Command)} … ended with ${code}`);
    },
    output: async (command) => {
      const [program, ...args] = command;
      const options = { cwd: root, signal, timeout: 5 * minutes, maxBuffer: 64 * 1024 * 1024 };
      const { stdout } = await promisify(execFile)(program, args, options).catch((error) => {
        throw new StepFailure(`${asTyped(command)}: ${error.stderr?.trim() || error.message}`);
      });
      return stdout.trimEnd();
    },
  };
}
