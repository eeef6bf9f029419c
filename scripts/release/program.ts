import { root } from '@flixtube/dev-env/root';
import { SetupFailure } from '@flixtube/dev-env/setup-failure';
import { execa } from 'execa';

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
export async function runProgram(
  [program = '', ...args]: readonly string[],
  o: { input?: string | undefined; quiet: boolean; signal?: AbortSignal | undefined },
): Promise<Ran> {
  const said = o.quiet ? 'pipe' : 'inherit';
  const result = await execa(program, args, {
    cwd: root,
    input: o.input ?? '',
    stdout: said,
    stderr: said,
    reject: false,
    ...(o.signal && { cancelSignal: o.signal }),
  });
  if (result.code === 'ENOENT') throw new SetupFailure(`${program} is missing: ${waysTo[program] ?? program}`);
  o.signal?.throwIfAborted();
  return { code: result.exitCode ?? 1, output: result.stdout ?? '', errors: result.stderr ?? '' };
}

const waysTo: Record<string, string> = {
  docker: 'https://docs.docker.com/engine/install',
  kubectl: 'https://kubernetes.io/docs/tasks/tools',
};
