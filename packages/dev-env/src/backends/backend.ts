import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { ManagedProcess } from '../managed-process.ts';
import type { Say } from '../programs.ts';

export type BackendName = 'rabbitmq' | 'mongodb' | 'azurite';

/** A backend that runs here as a child of this process, or one that was given by its URL. */
export interface Backend {
  name: BackendName;
  /** What answers, e.g. `FerretDB 1.24.2 on SQLite`. */
  product: string;
  port: number;
  /** Without credentials: fit to be shown. */
  url: string;
  /** What programs that use it need in their environment. */
  env: Record<string, string>;
  /** Undefined when it was given by its URL. */
  process?: ManagedProcess;
  isReady(): Promise<boolean>;
  /** Ends it with what belongs to it. Twice is fine. A given one is left alone. */
  stop(options?: { atOnce?: boolean }): Promise<void>;
}

/** How to start one backend. */
export interface BackendOptions {
  /** Absolute; made when missing. Its data and log are kept there. */
  dataFolder: string;
  port: number;
  say: Say;
  /** Said when it died and is being restarted. */
  onDeath(name: BackendName, what: string, delayMs: number): void;
  /** Said when it is ready again after that. */
  onRecovery(name: BackendName): void;
  /** Told of everything that is started, each time. */
  onSpawn?(name: string, pid: number): void;
  signal?: AbortSignal;
}

/** A writer of lines to a log file that begins anew. */
export function logFile(path: string): (line: string) => void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, '');
  return (line) => appendFileSync(path, `${line}\n`);
}
