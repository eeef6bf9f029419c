import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { findProgram } from './programs.ts';
import { SetupFailure } from './setup-failure.ts';

export interface ProcessOptions {
  name: string;
  command: string;
  args: string[];
  cwd?: string;
  env: NodeJS.ProcessEnv;
  /** Asked several times a second while it starts, and whenever someone wants to know. */
  isReady(): Promise<boolean>;
  /** Each line that it prints. */
  onLine(line: string): void;
  /** Whether a person sees those lines anyway, so that a failure need not repeat the last of them. */
  linesAreSeen?: boolean;
  /** Each time that it was started. */
  onSpawn?(name: string, pid: number): void;
  /** When it ended without being asked to; `delayMs` until it is started again. */
  onDeath?(what: string, delayMs: number): void;
  /** When it is ready again after that. */
  onRecovery?(): void;
  /** From SIGTERM to SIGKILL. */
  stopWithinMs: number;
}

const restartDelaysMs = [500, 1_000, 2_000, 4_000, 8_000, 15_000];
const longEnoughToForgetMs = 30_000;

/**
 * A program kept running: restarted with growing delay when it dies, until it is stopped.
 * It lives in a process group of its own, so that Ctrl-C in a terminal reaches only us and we stop things in order;
 * where Linux allows, the kernel ends it should we die without a word (PR_SET_PDEATHSIG).
 */
export class ManagedProcess {
  readonly #options: ProcessOptions;
  readonly #lastLines: string[] = [];
  #child: ChildProcess | undefined;
  #wanted = false;
  #deaths = 0;
  #restart = new AbortController();

  constructor(options: ProcessOptions) {
    this.#options = options;
  }

  get name(): string {
    return this.#options.name;
  }

  /** The process id while it runs. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Whether it runs and says that it is ready. */
  async isReady(): Promise<boolean> {
    return this.#child !== undefined && (await this.#options.isReady().catch(() => false));
  }

  /** Starts it, and from now on keeps it running. Does not wait for it to be ready. */
  async start(): Promise<void> {
    if (this.#wanted) return;
    this.#wanted = true;
    this.#deaths = 0;
    await this.#spawn();
  }

  /**
   * Resolves when it is ready.
   * @throws SetupFailure with its last lines when it was not ready in time, or ended before (unless `evenIfItDies`).
   */
  async ready(withinMs: number, options: { signal?: AbortSignal; evenIfItDies?: boolean } = {}): Promise<void> {
    const { signal, evenIfItDies } = options;
    const deadline = Date.now() + withinMs;
    const deathsBefore = this.#deaths;
    const aborted = new Promise<never>((_, reject) => {
      signal?.throwIfAborted();
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
    while (!(await Promise.race([this.isReady(), aborted]))) {
      if (!evenIfItDies && this.#deaths > deathsBefore) throw this.#failure('ended as soon as it was started');
      if (Date.now() > deadline) throw this.#failure(`was not ready after ${Math.round(withinMs / 1_000)} s`);
      await sleep(100);
    }
  }

  /** Ends it for good: SIGTERM, then SIGKILL. Twice is fine. Nothing of its process group is left. */
  async stop(options: { atOnce?: boolean } = {}): Promise<void> {
    this.#wanted = false;
    this.#restart.abort();
    const child = this.#child;
    if (!child) return;
    const gone = this.gone();
    if (options.atOnce) this.kill('SIGKILL');
    else child.kill('SIGTERM');
    const deadline = setTimeout(() => this.kill('SIGKILL'), this.#options.stopWithinMs);
    await gone;
    clearTimeout(deadline);
  }

  /** Sends a signal to it and to whatever it started. It will be restarted if that ends it. */
  kill(signal: NodeJS.Signals): void {
    signalGroup(this.#child?.pid, signal);
  }

  /** Resolves when it does not run: at once, or when it has ended. */
  async gone(): Promise<void> {
    if (this.#child) await once(this.#child, 'exit');
  }

  async #spawn(): Promise<void> {
    const { command, args, cwd, env } = this.#options;
    const [program, programArgs] = await endingWithUs(command, args);
    if (!this.#wanted) return;
    const child = spawn(program, programArgs, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    const startedAt = Date.now();
    this.#child = child;
    if (child.pid !== undefined) this.#options.onSpawn?.(this.name, child.pid);
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on('line', (line) => this.#heard(line));
    }
    child.once('error', (error) => {
      this.#heard(`${command}: ${error.message}`);
      // A program that cannot be started has no exit event.
      if (child.pid === undefined) this.#ended(child, 'could not be started', startedAt);
    });
    child.once('exit', (code, signal) => {
      signalGroup(child.pid, 'SIGKILL');
      this.#ended(child, signal ? `ended by ${signal}` : `ended with exit code ${code}`, startedAt);
    });
  }

  #ended(child: ChildProcess, what: string, startedAt: number): void {
    if (this.#child === child) this.#child = undefined;
    if (!this.#wanted) return;
    if (Date.now() - startedAt > longEnoughToForgetMs) this.#deaths = 0;
    const delayMs = restartDelaysMs[Math.min(this.#deaths, restartDelaysMs.length - 1)] ?? 0;
    this.#deaths += 1;
    this.#options.onDeath?.(what, delayMs);
    this.#restart = new AbortController();
    sleep(delayMs, undefined, { signal: this.#restart.signal }).then(
      () => this.#spawn().then(() => this.#awaitRecovery()),
      () => undefined,
    );
  }

  async #awaitRecovery(): Promise<void> {
    const child = this.#child;
    while (child && this.#child === child) {
      if (await this.isReady()) return this.#options.onRecovery?.();
      await sleep(200);
    }
  }

  #heard(line: string): void {
    this.#lastLines.push(line);
    if (this.#lastLines.length > 30) this.#lastLines.shift();
    this.#options.onLine(line);
  }

  #failure(what: string): SetupFailure {
    const unseen = this.#options.linesAreSeen ? [] : this.#lastLines;
    const said = unseen.map((line) => `  | ${line}`).join('\n');
    return new SetupFailure(`${this.name} ${what}.${said ? ` The last that it said:\n${said}` : ''}`);
  }
}

/**
 * The command to spawn so that the kernel ends it (SIGTERM) should we die without a word: PR_SET_PDEATHSIG, where Linux
 * and util-linux are there; else the command as it is.
 */
export async function endingWithUs(command: string, args: string[]): Promise<[string, string[]]> {
  const setpriv = await findProgram('setpriv');
  return setpriv ? [setpriv, ['--pdeathsig', 'TERM', '--', command, ...args]] : [command, args];
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // Already gone.
  }
}
