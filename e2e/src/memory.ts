import { readFile, writeFile } from 'node:fs/promises';
import type { ComponentName } from '@flixtube/dev-env/system';
import type { System } from './system.ts';

/** Resident memory of one process, in bytes. */
export interface Memory {
  before: number;
  /** The most there has been since `before`. */
  peak: number;
  now: number;
}

/**
 * Watches how much memory each process of a system holds. It is all that is resident: what a service's limit in Compose
 * counts, pages of its program that it had not touched before included. The kernel keeps the peak itself (VmHWM),
 * so none falls between two samples.
 */
export class MemoryWatch {
  readonly #system: System;
  readonly #pids: Map<ComponentName, number>;
  readonly #before: Map<ComponentName, number>;

  private constructor(system: System, pids: Map<ComponentName, number>, before: Map<ComponentName, number>) {
    this.#system = system;
    this.#pids = pids;
    this.#before = before;
  }

  /** Notes what every process holds now, and has the kernel forget earlier peaks. */
  static async begin(system: System): Promise<MemoryWatch> {
    const pids = await system.pids();
    const before = new Map<ComponentName, number>();
    for (const [name, pid] of pids) {
      // proc_pid_clear_refs(5): 5 resets the peak resident set size.
      await writeFile(`/proc/${pid}/clear_refs`, '5');
      before.set(name, (await residentOf(pid)).now);
    }
    return new MemoryWatch(system, pids, before);
  }

  /** Since the beginning. @throws when a process is no longer the one that it was, whose memory would say nothing */
  async read(): Promise<Map<ComponentName, Memory>> {
    const pids = await this.#system.pids();
    const read = new Map<ComponentName, Memory>();
    for (const [name, pid] of this.#pids) {
      if (pids.get(name) !== pid) throw new Error(`${name} was started again meanwhile`);
      read.set(name, { before: this.#before.get(name) as number, ...(await residentOf(pid)) });
    }
    return read;
  }
}

async function residentOf(pid: number): Promise<{ peak: number; now: number }> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const bytes = (field: string) => Number(new RegExp(`^${field}:\\s*(\\d+) kB$`, 'm').exec(status)?.[1]) * 1024;
  return { peak: bytes('VmHWM'), now: bytes('VmRSS') };
}
