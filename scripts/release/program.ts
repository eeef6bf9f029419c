import { spawn } from 'node:child_process';
import { root } from '@flixtube/dev-env/root';
import { SetupFailure } from '@flixtube/dev-env/setup-failure';

export interface Ran {
  code: number;
  /** Of its standard output and error; empty when they were passed through. */
  output: string;
  errors: string;
}

/**
 * Runs a program in the root of the repository.
 *
 * @param o.input for its standard input
 * @param o.quiet false: what it says is passed through
 * @param o.signal ends it, and rejects
 * @throws SetupFailure when there is no such program
 */
export function runProgram(
  command: readonly string[],
  o: { input?: string | undefined; quiet: boolean; signal?: AbortSignal | undefined },
): Promise<Ran> {
  const [program = '', ...args] = command;
  const said = o.quiet ? 'pipe' : 'inherit';
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: root,
      stdio: ['pipe', said, said],
      ...(o.signal && { signal: o.signal }),
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
    child.stdin?.end(o.input ?? '');
  });
}

const waysTo: Record<string, string> = {
  docker: 'https://docs.docker.com/engine/install',
  kubectl: 'https://kubernetes.io/docs/tasks/tools',
};
