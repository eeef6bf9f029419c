import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { makeClip } from '@flixtube/dev-env/clips';
import type { ServiceName } from '@flixtube/dev-env/services';
import type { System } from '@flixtube/dev-env/system';
import { type BenchContext, say } from './bench.ts';
import type { Comparison } from './compare.ts';
import { processed } from './processed.ts';
import { tusUploadTo } from './tus-client.ts';

/**
 * As a phone films in 4K, and as a film is published in 1080p. What is processed has 720p in both, but the long one has a
 * frame a second: to encode all of two hours takes longer than that.
 */
const short = { seconds: 10, rate: 30, uploadedBytes: (10 * 50_000_000) / 8 };
const long = { seconds: 2 * 3_600, rate: 1, uploadedBytes: (2 * 3_600 * 5_000_000) / 8 };

/**
 * The most that a worker with its encoders, the worker's own process, and video-upload hold at a time, for two hours of
 * video against ten seconds; each in a process that has just been started. Linux only.
 */
export async function* memory({ folder, system }: BenchContext): AsyncGenerator<Comparison> {
  const peaks: Record<'worker' | 'process' | 'upload', number[]> = { worker: [], process: [], upload: [] };
  for (const { seconds, rate, uploadedBytes } of [long, short]) {
    const file = path.join(folder, `${seconds}.mp4`);
    say(`making a clip of ${seconds} s`);
    await makeClip(file, { seconds, size: '1280x720', rate });
    await system.restart('video-processing');
    const worker = await Watch.begin(system, 'video-processing');
    await processed(system.url, file);
    const { own, all } = worker.end();
    peaks.worker.push(all);
    peaks.process.push(own);

    await system.restart('video-upload');
    const upload = await Watch.begin(system, 'video-upload');
    await tusUploadTo(system.url, uploadedBytes);
    peaks.upload.push(upload.end().own);
  }
  const names = { worker: 'a worker', process: "a worker's process without encoders", upload: 'video-upload' };
  for (const [of, name] of Object.entries(names)) {
    const [ours = Number.NaN, reference = Number.NaN] = peaks[of as keyof typeof names];
    yield { name: `most memory of ${name} for 2 h of video, against 10 s`, unit: 'MB', ours, reference };
  }
}

/** How much memory a service holds, and it and its child processes together, in MB. */
class Watch {
  readonly #pid: number;
  readonly #timer: NodeJS.Timeout;
  #all = 0;

  private constructor(pid: number) {
    this.#pid = pid;
    this.#timer = setInterval(() => {
      const all = [pid, ...childrenOf(pid)].reduce((sum, one) => sum + held(one, 'VmRSS'), 0);
      this.#all = Math.max(this.#all, all);
    }, 100);
  }

  static async begin(system: System, name: ServiceName): Promise<Watch> {
    const pid = (await system.status()).find((one) => one.name === name)?.pid;
    if (typeof pid !== 'number') throw new Error(`${name} does not run`);
    // proc_pid_clear_refs(5): 5 resets the peak resident set size.
    writeFileSync(`/proc/${pid}/clear_refs`, '5');
    return new Watch(pid);
  }

  end(): { own: number; all: number } {
    clearInterval(this.#timer);
    return { own: held(this.#pid, 'VmHWM'), all: this.#all };
  }
}

function childrenOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((thread) => {
    try {
      const children = readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8');
      return children.split(' ').filter(Boolean).map(Number);
    } catch {
      // The thread has ended.
      return [];
    }
  });
}

/** In MB; 0 when the process has ended. */
function held(pid: number, field: 'VmRSS' | 'VmHWM'): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return (Number(new RegExp(`^${field}:\\s*(\\d+) kB$`, 'm').exec(status)?.[1]) * 1024) / 1e6 || 0;
  } catch {
    return 0;
  }
}
