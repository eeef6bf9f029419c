import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** A worker as a process of its own, on ffmpeg, to be killed. */
export class WorkerProcess {
  readonly #child: ChildProcess;

  /** @param env with `PORT` 0 */
  constructor(env: Record<string, string>) {
    this.#child = spawn(process.execPath, ['src/main.ts'], {
      cwd: join(import.meta.dirname, '../..'),
      env: { ...env, PATH: process.env.PATH ?? '' },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
  }

  /** Ends it without a chance to clean up; resolves when it is gone. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
  }
}
