import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { eventually, type Storage } from './storage.ts';

/** video-storage as a process of its own, to be measured and killed; resolves when it is ready. */
export async function startProcess({ env }: Storage): Promise<{ child: ChildProcess; url: URL }> {
  const child = spawn(process.execPath, ['--max-semi-space-size=1', 'src/main.ts'], {
    cwd: join(import.meta.dirname, '../..'),
    env: { ...process.env, ...env, LOG_LEVEL: 'info' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const { msg, url: listening } = JSON.parse(line);
    if (msg !== 'listening') continue;
    child.stdout.resume();
    const url = new URL(listening);
    await eventually(
      async () => (await fetch(new URL('/health/ready', url))).status,
      (status) => status === 200,
    );
    return { child, url };
  }
  throw new Error('video-storage ended before it listened');
}
