import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@flixtube/dev-env/ports';
import { root } from '@flixtube/dev-env/root';
import type { ComponentStatus } from '@flixtube/dev-env/system';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isAlive, markOf, type ProcessMark } from '../start/processes.ts';

describe('npm start', () => {
  let folder: string;
  let port: number;
  let running: Run;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'flixtube-start-'));
    port = await freePort();
    running = command(folder, 'start', '--port', String(port));
    await running.says(`FlixTube is ready at http://127.0.0.1:${port}`);
  });

  afterAll(async () => {
    running.child.kill('SIGTERM');
    await running.ended;
    await rm(folder, { recursive: true, force: true });
  });

  it('has three sample videos by one owner when it is ready for the first time', async () => {
    const response = await fetch(`http://127.0.0.1:${port}/api/videos`);
    const { items } = (await response.json()) as { items: { title: string; sizeBytes: number }[] };
    expect(items).toHaveLength(3);
    for (const { title, sizeBytes } of items) {
      expect(title).not.toBe('');
      expect(sizeBytes).toBeLessThan(6_000_000);
    }
  });

  it('shows every service and backend ready, and nothing but that, when asked for its status in JSON', async () => {
    const status = await statusOf(folder);
    expect(status.map(({ name, kind }) => `${kind} ${name}`)).toEqual([
      'service gateway',
      'service metadata',
      'service video-upload',
      'service video-storage',
      'service video-streaming',
      'service history',
      'service video-processing',
      'backend rabbitmq',
      'backend mongodb',
      'backend azurite',
    ]);
    for (const one of status) {
      expect(Object.keys(one)).toEqual(['name', 'kind', 'pid', 'port', 'url', 'ready']);
      expect(one).toMatchObject({ ready: true, port: expect.any(Number), url: expect.stringContaining('127.0.0.1') });
    }
  });

  it('refuses to start beside a running one, and says where that is', async () => {
    const second = command(folder, 'start', '--port', String(port));
    expect(await second.ended).toBe(1);
    expect(second.output()).toContain(`FlixTube runs already, at http://127.0.0.1:${port}`);
  });

  it('names who has it and how to go on when a port is taken', async () => {
    const other = await mkdtemp(join(tmpdir(), 'flixtube-start-'));
    const refused = command(other, 'start', '--port', String(port));
    expect(await refused.ended).toBe(1);
    expect(refused.output()).toMatch(new RegExp(`Port ${port}, for gateway, is taken by \\S+ \\(process \\d+\\)`));
    expect(refused.output()).toContain('npm start -- --port');
    await rm(other, { recursive: true, force: true });
  });

  it('starts a service again when that is killed, and says so', async () => {
    const before = pidOf(await statusOf(folder), 'history');
    process.kill(before, 'SIGKILL');
    await running.says('history ended by SIGKILL; it is started again in 0.5 s');
    await running.says('history: ready again');
    const after = (await statusOf(folder)).find(({ name }) => name === 'history');
    expect(after).toMatchObject({ ready: true });
    expect(after?.pid).not.toBe(before);
  });

  it('stops in order at Ctrl-C, leaves nothing running, and has its data at the next start', async () => {
    const marks = await marksOf(await statusOf(folder));
    expect(marks).toHaveLength(10);
    running.child.kill('SIGINT');
    expect(await running.ended).toBe(0);
    expect(await Promise.all(marks.map(isAlive))).toEqual(marks.map(() => false));
    for (const { pid, ready } of await statusOf(folder)) expect({ pid, ready }).toEqual({ pid: null, ready: false });

    running = command(folder, 'start', '--port', String(port));
    await running.says('FlixTube is ready at');
    const response = await fetch(`http://127.0.0.1:${port}/api/videos`);
    expect(((await response.json()) as { items: unknown[] }).items).toHaveLength(3);
  });

  it('leaves nothing that the next start would stumble over when it is killed without a chance to stop', async () => {
    const marks = await marksOf(await statusOf(folder));
    process.kill(await starterOf(folder), 'SIGKILL');
    await running.ended;
    running = command(folder, 'start', '--port', String(port));
    await running.says('FlixTube is ready at');
    expect(await Promise.all(marks.map(isAlive))).toEqual(marks.map(() => false));
  });
});

interface Run {
  child: ChildProcess;
  /** All that it printed so far. */
  output(): string;
  /** Resolves when it prints this, from now on or before; rejects when it ends without. */
  says(text: string): Promise<void>;
  /** Its exit code, once it has ended. */
  ended: Promise<number | null>;
}

/** A root command as npm runs it. */
function command(folder: string, ...args: string[]): Run {
  const { RABBITMQ_URL, MONGODB_URL, AZURE_STORAGE_CONNECTION_STRING, NODE_OPTIONS, ...env } = process.env;
  const child = spawn('node', [join(root, 'scripts/start.mjs'), ...args], {
    env: { ...env, FLIXTUBE_FOLDER: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      for (const listener of listeners) listener();
    });
  }
  const ended = once(child, 'close').then(([code]) => code as number | null);
  const says = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => output.includes(text) && resolve();
      listeners.add(look);
      look();
      ended.then(() => reject(new Error(`It ended without saying "${text}":\n${output}`)));
    });
  return { child, output: () => output, says, ended };
}

async function statusOf(folder: string): Promise<ComponentStatus[]> {
  const run = command(folder, 'status', '--json');
  expect(await run.ended).toBe(0);
  return JSON.parse(run.output());
}

function pidOf(status: ComponentStatus[], name: string): number {
  const pid = status.find((one) => one.name === name)?.pid;
  if (!pid) throw new Error(`${name} does not run`);
  return pid;
}

async function marksOf(status: ComponentStatus[]): Promise<ProcessMark[]> {
  const marks = await Promise.all(status.map(({ pid }) => (pid === null ? undefined : markOf(pid))));
  return marks.filter((mark) => mark !== undefined);
}

/** The process that holds all the others: a child of the one that we have started. */
async function starterOf(folder: string): Promise<number> {
  const record: { starter: ProcessMark } = JSON.parse(await readFile(join(folder, 'run.json'), 'utf8'));
  return record.starter.pid;
}
