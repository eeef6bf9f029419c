import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { workFolders } from '../src/adapters/work-folders.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'flixtube-folders-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const random = '0f6ea1c4-53a8-4c53-9d0e-0d7f2a5e8f11';

async function leave(name: string): Promise<void> {
  await mkdir(join(root, name, 'task-x'), { recursive: true });
  await writeFile(join(root, name, 'task-x', 'piece'), 'bytes');
}

describe('temporary folders', () => {
  it('when a worker starts, then what killed ones have left is removed, and what living ones have is not', async () => {
    const ended = spawn('true');
    await once(ended, 'exit');
    const alive = `${process.ppid}-${random}`;
    // In containers every process has the same number.
    for (const name of [`${ended.pid}-${random}`, `${process.pid}-${random}`, alive, 'of-someone-else'])
      await leave(name);
    const sibling = workFolders(root);
    await sibling.start();
    const task = await sibling.make();

    const folders = workFolders(root);
    await folders.start();

    const left = await readdir(root);
    expect(left).toEqual(expect.arrayContaining([alive, 'of-someone-else']));
    expect(left).toHaveLength(4);
    await sibling.remove(task);
    await sibling.stop();
    await folders.stop();
    expect((await readdir(root)).toSorted()).toEqual([alive, 'of-someone-else'].toSorted());
  });
});
