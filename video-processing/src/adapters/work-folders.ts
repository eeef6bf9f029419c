import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Resource } from '@flixtube/chassis/service';
import type { Folders } from '../domain/ports.ts';

/** Names of the folders of this process, which may hold several workers. */
const ours = new Set<string>();

/**
 * Temporary folders, all in one of this worker's own: `<root>/<process id>-<random>/`. At the start those that killed
 * workers have left behind are removed: of processes that are gone, and of those that had the number of this one before.
 */
export function workFolders(root: string): Folders & Resource & { own: string } {
  const name = `${process.pid}-${randomUUID()}`;
  const own = join(root, name);
  ours.add(name);
  return {
    name: 'temporary folder',
    own,

    async start() {
      await mkdir(own, { recursive: true, mode: 0o700 });
      for (const other of await readdir(root)) {
        if (isLeft(other)) await rm(join(root, other), { recursive: true, force: true });
      }
    },
    check: async () => {},
    async stop() {
      await rm(own, { recursive: true, force: true });
      ours.delete(name);
    },

    async make() {
      // Anew, for those who clear temporary folders now and then.
      await mkdir(own, { recursive: true, mode: 0o700 });
      return mkdtemp(join(own, 'task-'));
    },
    remove: (folder) => rm(folder, { recursive: true, force: true }),
  };
}

function isLeft(name: string): boolean {
  const pid = Number(/^(\d+)-[0-9a-f-]{36}$/.exec(name)?.[1]);
  if (Number.isNaN(pid) || ours.has(name)) return false;
  return pid === process.pid || !isAlive(pid);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
