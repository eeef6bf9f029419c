import { spawn } from 'node:child_process';
import { root } from '@flixtube/dev-env/root';
import { messageOf, SetupFailure } from '@flixtube/dev-env/setup-failure';

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
    const { code } = await run(command, { input: input?.text, quiet: false });
    if (code !== 0) throw new SetupFailure(`That failed (${code}): see above. Nothing after it was done.`);
  }

  /** Looks at something, also with --dry-run; what it says, or undefined when it fails. */
  async look(command: string[]): Promise<string | undefined> {
    const { code, output } = await run(command, { input: undefined, quiet: true });
    return code === 0 ? output : undefined;
  }

  /** What a program makes of files; changes nothing. @throws SetupFailure with what it says */
  async make(command: string[]): Promise<string> {
    const { code, output, errors } = await run(command, { input: undefined, quiet: true });
    if (code !== 0) throw new SetupFailure(`${command.join(' ')} failed (${code}):\n${errors.trim()}`);
    return output;
  }
}

/** A command's main: what is thrown is said, and its exit code is 1. */
export async function main(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    say(messageOf(error));
    process.exitCode = 1;
  }
}

export { say };

interface Ran {
  code: number;
  output: string;
  errors: string;
}

function run(command: string[], { input, quiet }: { input: string | undefined; quiet: boolean }): Promise<Ran> {
  const [program = '', ...args] = command;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: root,
      stdio: ['pipe', quiet ? 'pipe' : 'inherit', quiet ? 'pipe' : 'inherit'],
    });
    let output = '';
    let errors = '';
    child.stdout?.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text) => {
      errors += text;
    });
    child.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'ENOENT' ? new SetupFailure(`${program} is missing: ${waysTo[program] ?? program}`) : error,
      ),
    );
    child.once('close', (code) => resolve({ code: code ?? 1, output, errors }));
    // A program that ends before it has read says so by its code.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input ?? '');
  });
}

const waysTo: Record<string, string> = {
  docker: 'https://docs.docker.com/engine/install',
  kubectl: 'https://kubernetes.io/docs/tasks/tools',
};
