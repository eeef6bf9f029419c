import { describe, expect, it } from '@jest/globals';
import { ManagedProcess, type ProcessOptions } from '../src/managed-process.ts';

const announcing = `process.stdout.write('up ' + process.pid + '\\n'); setInterval(() => {}, 1000);`;

/** A managed Node program, the lines that it printed, and the deaths that were told. */
function managed(program: string, options: Partial<ProcessOptions> = {}) {
  const lines: string[] = [];
  const deaths: { what: string; delayMs: number }[] = [];
  const managedProcess = new ManagedProcess({
    name: 'some program',
    command: process.execPath,
    args: ['-e', program],
    env: {},
    isReady: async () => lines.some((line) => line === `up ${managedProcess.pid}`),
    onLine: (line) => lines.push(line),
    onDeath: (what, delayMs) => deaths.push({ what, delayMs }),
    stopWithinMs: 5_000,
    ...options,
  });
  return { process: managedProcess, lines, deaths };
}

describe('a managed process', () => {
  it('is started again when it is killed, and says so', async () => {
    const { process: one, deaths } = managed(announcing);
    await one.start();
    await one.ready(10_000);
    const before = one.pid;
    const gone = one.gone();
    one.kill('SIGKILL');
    await gone;
    await one.ready(10_000);
    expect(one.pid).not.toBe(before);
    expect(deaths).toEqual([{ what: 'ended by SIGKILL', delayMs: 500 }]);
    await one.stop();
  });

  it('is started again after growing delays when it keeps dying, until it is stopped', async () => {
    const { process: one, deaths } = managed('process.exitCode = 3');
    await one.start();
    await expect(one.ready(2_500, { evenIfItDies: true })).rejects.toThrow('was not ready after 3 s');
    expect(deaths.map(({ delayMs }) => delayMs).slice(0, 2)).toEqual([500, 1_000]);
    await one.stop();
    expect(one.pid).toBeUndefined();
  });

  it('fails with the last that it said when it ends before it is ready', async () => {
    const { process: one } = managed(`console.error('no room left'); process.exitCode = 1`);
    await one.start();
    await expect(one.ready(10_000)).rejects.toThrow(/ended as soon as it was started[\s\S]*no room left/);
    await one.stop();
  });

  it('fails in words when the program is missing', async () => {
    const { process: one } = managed('', { command: '/nowhere/to-be-found' });
    await one.start();
    await expect(one.ready(10_000)).rejects.toThrow('/nowhere/to-be-found');
    await one.stop();
  });

  it('is killed when it does not end in time, with what it has started', async () => {
    const program = `
      const { spawn } = require('node:child_process');
      const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
      process.on('SIGTERM', () => {});
      process.stdout.write('child ' + child.pid + '\\n');
      process.stdout.write('up ' + process.pid + '\\n');
    `;
    const { process: one, lines } = managed(program, { stopWithinMs: 200 });
    await one.start();
    await one.ready(10_000);
    const child = Number(lines.find((line) => line.startsWith('child'))?.split(' ')[1]);
    expect(isRunning(child)).toBe(true);
    await Promise.all([one.stop(), one.stop()]);
    await expect(vanishes(child)).resolves.toBe(true);
  });

  it('ends when the process that started it is killed without a chance to say so', async () => {
    const starter = `
      const { ManagedProcess } = await import('${import.meta.resolve('../src/managed-process.ts')}');
      const child = new ManagedProcess({
        name: 'child', command: process.execPath, args: ['-e', 'setInterval(() => {}, 1000)'], env: {},
        isReady: async () => true, onLine: () => {}, stopWithinMs: 1000,
      });
      await child.start();
      process.stdout.write('child ' + child.pid + '\\n');
      process.stdout.write('up ' + process.pid + '\\n');
    `;
    const args = ['--input-type=module-typescript', '-e', starter];
    const { process: one, lines } = managed('', { args, env: { PATH: process.env.PATH } });
    await one.start();
    await one.ready(10_000);
    const child = Number(lines.find((line) => line.startsWith('child'))?.split(' ')[1]);
    expect(isRunning(child)).toBe(true);
    await one.stop({ atOnce: true });
    await expect(vanishes(child)).resolves.toBe(true);
  });
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** True when the process ends within 5 s. Nobody tells us of a process that is not our child, so this looks. */
async function vanishes(pid: number): Promise<boolean> {
  const deadline = Date.now() + 5_000;
  while (isRunning(pid) && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 50));
  return !isRunning(pid);
}
