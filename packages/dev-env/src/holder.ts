import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { BackendPorts, Need } from './backends.ts';
import { SetupFailure } from './setup-failure.ts';

export interface HolderRequest {
  needs: Need[];
  dataFolder: string;
  ports?: Partial<BackendPorts>;
  /** Removes the data folder at the end. */
  temporary?: boolean;
}

/** Backends held by a process of their own, which ends them when this process does, however it does. */
export interface Holder {
  env: Record<string, string>;
  stop(): Promise<void>;
}

/** @throws SetupFailure with what is missing and what to do. */
export async function startHolder(request: HolderRequest): Promise<Holder> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'holder-process.ts'), JSON.stringify(request)], {
    // A group of its own, so that Ctrl-C does not reach it: it ends when its standard input does.
    detached: true,
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  const gone = once(child, 'exit');
  const stop = async () => {
    child.stdin.end();
    await gone;
  };
  const lines = createInterface({ input: child.stdout });
  const [line] = await Promise.race([once(lines, 'line'), gone.then(() => [undefined])]);
  const answer: { env?: Record<string, string>; failure?: string } = typeof line === 'string' ? JSON.parse(line) : {};
  if (answer.env) return { env: answer.env, stop };
  await stop();
  throw new SetupFailure(answer.failure ?? 'The backends could not be started');
}
