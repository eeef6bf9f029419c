import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { eventually } from './system.ts';

/** video-upload as a process of its own, to be killed. */
export class ServiceProcess {
  readonly url: string;
  readonly #child: ChildProcess;
  readonly #ended: Promise<number | null>;

  private constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.url = url;
    this.#ended = new Promise((resolve) => child.once('exit', resolve));
  }

  /** Resolves when it is alive; ready it may be later. */
  static async start(env: Record<string, string>): Promise<ServiceProcess> {
    const port = await freePort();
    const child = spawn(process.execPath, ['--max-semi-space-size=1', 'src/main.ts'], {
      cwd: join(import.meta.dirname, '../..'),
      env: { ...env, PORT: String(port) },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const started = new ServiceProcess(child, `http://127.0.0.1:${port}`);
    await eventually(
      () => started.#status('live'),
      (status) => status === 200,
    );
    return started;
  }

  async ready(): Promise<void> {
    await eventually(
      () => this.#status('ready'),
      (status) => status === 200,
    );
  }

  /** Resolves with its exit code, or null when a signal has ended it. */
  end(signal: NodeJS.Signals): Promise<number | null> {
    this.#child.kill(signal);
    return this.#ended;
  }

  /** Resident memory now, in bytes. */
  async residentBytes(): Promise<number> {
    const status = await readFile(`/proc/${this.#child.pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
  }

  async #status(what: 'live' | 'ready'): Promise<number | undefined> {
    return fetch(`${this.url}/health/${what}`).then(
      ({ status }) => status,
      () => undefined,
    );
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
