import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A process by more than its id, which the system gives to another one later on. */
export interface ProcessMark {
  pid: number;
  /** Differs from that of every other process that had or will have this id. */
  identity: string;
}

/** The mark of a process that runs; undefined when none has this id. */
export async function markOf(pid: number): Promise<ProcessMark | undefined> {
  const identity = process.platform === 'linux' ? await linuxIdentity(pid) : await startTime(pid);
  return identity ? { pid, identity } : undefined;
}

/** Whether the very process of the mark still runs. */
export async function isAlive(mark: ProcessMark | undefined): Promise<boolean> {
  return mark !== undefined && (await markOf(mark.pid))?.identity === mark.identity;
}

/** Ends the process groups of those that still run, by SIGTERM and, 10 s later, SIGKILL. Answers how many ran. */
export async function endAll(marks: ProcessMark[]): Promise<number> {
  const alive = await stillAlive(marks);
  for (const { pid } of alive) signalGroup(pid, 'SIGTERM');
  const deadline = Date.now() + 10_000;
  while ((await stillAlive(alive)).length > 0 && Date.now() < deadline) await sleep(100);
  for (const { pid } of await stillAlive(alive)) signalGroup(pid, 'SIGKILL');
  while ((await stillAlive(alive)).length > 0 && Date.now() < deadline + 5_000) await sleep(100);
  return alive.length;
}

/** Signals a process and what it has started; that it is gone already is fine. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // Gone.
  }
}

/** Who listens on a TCP port, as far as this user may know: `nginx (process 123)`. */
export async function ownerOf(port: number): Promise<string | undefined> {
  if (process.platform !== 'linux') return undefined;
  const sockets = await listeningSockets(port);
  if (sockets.size === 0) return undefined;
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
    for (const descriptor of descriptors) {
      const target = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => '');
      if (!sockets.has(target)) continue;
      const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => 'a program');
      return `${name.trim()} (process ${pid})`;
    }
  }
  return undefined;
}

async function stillAlive(marks: ProcessMark[]): Promise<ProcessMark[]> {
  const alive = await Promise.all(marks.map(isAlive));
  return marks.filter((_, at) => alive[at]);
}

// proc(5): what follows the command, which may hold spaces and parentheses, begins with the state, the third field;
// the start time since boot is the 22nd.
async function linuxIdentity(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const startedAt = fields[22 - 3];
  // A zombie has ended; only its parent has not looked yet.
  if (!startedAt || fields[0] === 'Z') return undefined;
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
  return `${boot.trim()} ${startedAt}`;
}

async function startTime(pid: number): Promise<string | undefined> {
  const { stdout } = await run('ps', ['-o', 'lstart=', '-p', String(pid)]).catch(() => ({ stdout: '' }));
  return stdout.trim() || undefined;
}

// /proc/net/tcp: local address as hex host:port, the state (0A: listening), and in the tenth column the socket's inode.
async function listeningSockets(port: number): Promise<Set<string>> {
  const sockets = new Set<string>();
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    const lines = (await readFile(table, 'utf8').catch(() => '')).split('\n').slice(1);
    for (const columns of lines.map((line) => line.trim().split(/\s+/))) {
      if (columns[1]?.endsWith(`:${wanted}`) && columns[3] === '0A') sockets.add(`socket:[${columns[9]}]`);
    }
  }
  return sockets;
}
