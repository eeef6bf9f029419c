import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { findProgram, type Say } from '@flixtube/dev-env/programs';
import { goTool, requireGo } from '@flixtube/dev-env/tools';

/** k6: from PATH, else built. @throws SetupFailure with what is missing */
export async function requireK6(say: Say): Promise<string> {
  const found = await findProgram('k6');
  if (found) return found;
  await requireGo(say);
  // The module's path names no major version up to 1.
  return goTool({ module: 'go.k6.io/k6', version: 'v1.8.1', flags: ['-ldflags=-s -w'] }, { say });
}

/** Runs a program whose output is everybody's to see; answers its exit code. Ends it when this process is asked to end. */
export async function runToEnd(program: string, args: string[], env: Record<string, string> = {}): Promise<number> {
  const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, ...env } });
  const end = (signal: NodeJS.Signals) => child.kill(signal);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, end);
  const [code] = await once(child, 'exit');
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, end);
  return code ?? 1;
}
