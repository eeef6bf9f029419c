import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** Runs one of the programs of this folder; resolves with the signal that ended it. */
export async function runToItsDeath(program: string, argument: object): Promise<NodeJS.Signals | null> {
  const child = spawn(process.execPath, [join(import.meta.dirname, program), JSON.stringify(argument)], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, NODE_OPTIONS: '' },
    // Should it not die as it is meant to.
    timeout: 30_000,
    killSignal: 'SIGTERM',
  });
  const [, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  return signal;
}
