import { SetupFailure } from '@flixtube/dev-env/setup-failure';
import { endWith } from '../command-line.ts';
import { runProgram } from './program.ts';

const say = (line: string) => process.stderr.write(`${line}\n`);

/** Runs programs one after another, each said before it is run; the first that fails is the last. */
export class Commands {
  readonly #dryRun: boolean;

  constructor({ dryRun }: { dryRun: boolean }) {
    this.#dryRun = dryRun;
    if (dryRun) say('Nothing is changed: --dry-run');
  }

  /**
   * Changes something; its output is passed through.
   * @param input.text for its standard input, and what that is in words: it may be secret
   * @throws SetupFailure when it fails
   */
  async change(command: string[], input?: { text: string; words: string }): Promise<void> {
    say(`${this.#dryRun ? 'would run' : 'running'}: ${command.join(' ')}${input ? `   (${input.words})` : ''}`);
    if (this.#dryRun) return;
    const { code } = await runProgram(command, { input: input?.text, quiet: false });
    if (code !== 0) throw new SetupFailure(`That failed (${code}): see above. Nothing after it was done.`);
  }

  /** Looks at something, also with --dry-run; what it says, or undefined when it fails. */
  async look(command: string[]): Promise<string | undefined> {
    const { code, output } = await runProgram(command, { quiet: true });
    return code === 0 ? output : undefined;
  }

  /**
   * Looks at what has to be known before anything is changed. With --dry-run, undefined when it fails: nothing will be.
   * @throws SetupFailure with `otherwise`, and what the program says
   */
  async lookFirst(command: string[], otherwise: string): Promise<string | undefined> {
    const { code, output, errors } = await runProgram(command, { quiet: true });
    if (code === 0) return output;
    if (!this.#dryRun) throw new SetupFailure(`${otherwise}\n${command.join(' ')} failed (${code}): ${errors.trim()}`);
    return undefined;
  }

  /** What a program makes of files; changes nothing. @throws SetupFailure with what it says */
  async make(command: string[]): Promise<string> {
    const { code, output, errors } = await runProgram(command, { quiet: true });
    if (code !== 0) throw new SetupFailure(`${command.join(' ')} failed (${code}):\n${errors.trim()}`);
    return output;
  }
}

/** A command's main: what is thrown is said. */
export async function main(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    endWith(error);
  }
}

export { say };
