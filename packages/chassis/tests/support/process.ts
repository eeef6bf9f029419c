import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { LogLine } from './running-app.ts';

const entry = fileURLToPath(new URL('./service-process.ts', import.meta.url));

export interface ServiceProcess {
  child: ChildProcess;
  /** Its log so far. */
  lines: LogLine[];
  stderr(): string;
  /** Resolves with its address when it listens. */
  url: Promise<string>;
  /** Resolves with its code, or the signal that ended it. */
  ended: Promise<number | string>;
}

/** A process around a service, as `main.ts` makes one, that does what `behaviour` says. */
export function startProcess(behaviour: string, env: NodeJS.ProcessEnv = {}): ServiceProcess {
  const child = spawn(process.execPath, [entry, behaviour], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: LogLine[] = [];
  const listening = Promise.withResolvers<string>();
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) {
      const line = JSON.parse(part) as LogLine;
      lines.push(line);
      if (line.msg === 'listening') listening.resolve(String(line.url));
    }
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = once(child, 'close').then(([code, signal]) => code ?? signal);
  return { child, lines, stderr: () => stderr, url: listening.promise, ended };
}
