import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const sources = join(import.meta.dirname, '../../src');

export interface Ended {
  code: number | null;
  output: string;
  errors: string;
}

/** An operator's command as a process of its own, without anybody at its keyboard; to its end. */
export async function operate(command: string, args: string[], env: Record<string, string>): Promise<Ended> {
  return startOperate(command, args, env).ended;
}

export function startOperate(
  command: string,
  args: string[],
  env: Record<string, string>,
): {
  child: ChildProcess;
  ended: Promise<Ended>;
  /** Resolves when it has said this; rejects when it ends without. */
  says(text: string): Promise<void>;
} {
  const { NODE_OPTIONS: _, ...inherited } = process.env;
  const child = spawn(process.execPath, [join(sources, `${command}.ts`), ...args], {
    env: { ...inherited, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { output: '', errors: '' };
  child.stdout.setEncoding('utf8').on('data', (text) => {
    said.output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    said.errors += text;
  });
  const ended = once(child, 'close').then(([code]) => ({ code, ...said }));
  const says = (text: string) =>
    new Promise<void>((resolve, reject) => {
      child.stdout.on('data', () => said.output.includes(text) && resolve());
      void ended.then(() =>
        said.output.includes(text) ? resolve() : reject(new Error(`It ended without "${text}": ${said.errors}`)),
      );
    });
  return { child, ended, says };
}
