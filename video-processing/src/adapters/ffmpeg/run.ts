import { type ChildProcess, spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import type { Readable } from 'node:stream';
import { spanned } from '@flixtube/chassis/trace';
import { MediaFailure } from '../../domain/media.ts';
import { type Ending, failureOf, isWithoutFrames, sourceFailureOf, stalled } from './failures.ts';
import { watchStall } from './stall-watch.ts';

export interface RunOptions {
  /** Names or paths of the programs. */
  ffmpeg: string;
  ffprobe: string;
  /** A program that has not got on for so long is ended. */
  stallMs: number;
  /** Of each program: address space and one file in bytes, processor time in seconds. */
  limits: { memoryBytes: number; fileBytes: number; cpuSeconds: number };
}

export interface Running {
  /** Standard output; must be read to its end. */
  output: Readable;
  /** When it has ended well, what it complained of. Rejects with a MediaFailure, or the signal's reason. */
  ended: Promise<Ending>;
}

interface Surroundings {
  folder?: string;
  signal: AbortSignal;
  /** Of another program, which becomes this one's standard input and can be read no more. */
  input?: Readable;
  /** Whether what this program's output goes to has more than is wanted of it now. */
  isWaitedFor?: (() => boolean) | undefined;
}

const mostSaid = 16_384;

/**
 * Starts ffmpeg or ffprobe on a file that may be hostile: without standard input, with hardly an environment, in the
 * folder of its task, within limits, as a process group of its own that is ended whole when the signal aborts, when it
 * stands still, and by the kernel when this process dies.
 */
export function run(
  options: RunOptions,
  program: 'ffmpeg' | 'ffprobe',
  args: string[],
  { folder, signal, input, isWaitedFor }: Surroundings,
): Running {
  signal.throwIfAborted();
  const common = program === 'ffmpeg' ? ['-nostdin', '-hide_banner', '-nostats', '-progress', 'pipe:3', '-y'] : [];
  const [command, ...rest] = [
    ...confinement(options.limits),
    options[program],
    ...common,
    ...['-v', 'error', '-max_alloc', String(mostAllocated)],
    ...args,
  ] as [string, ...string[]];
  const child = spawn(command, rest, {
    cwd: folder ?? tmpdir(),
    env: { PATH: process.env.PATH ?? '', LANG: 'C.UTF-8', AV_LOG_FORCE_NOCOLOR: '1', MALLOC_ARENA_MAX: '2' },
    stdio: [input ?? 'ignore', 'pipe', 'pipe', 'pipe'],
    detached: true,
  });
  input?.destroy();
  // Neither its arguments nor what it says: they have addresses and titles in them.
  const ended = spanned(program, {}, () => endOf(child, options, program, { signal, isWaitedFor }));
  return { output: child.stdout as Readable, ended };
}

/** Reads all of the output, which must not be more than so many bytes, as text. */
export async function textOf({ output, ended }: Running, mostBytes = 16 * 2 ** 20): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  output.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= mostBytes) chunks.push(chunk);
  });
  await ended;
  if (bytes > mostBytes) {
    throw new MediaFailure('unsupported', 'What this file says of itself is longer than it may be.');
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** For one allocation: a frame of 8192x8192 in 16 bits with four planes. */
const mostAllocated = 2 ** 29;

/** util-linux, which each Debian has; elsewhere, on a developer's machine, there is no such confinement. */
function confinement({ memoryBytes, fileBytes, cpuSeconds }: RunOptions['limits']): string[] {
  if (process.platform !== 'linux') return [];
  const limits = [`--as=${memoryBytes}`, `--fsize=${fileBytes}`, `--cpu=${cpuSeconds}`, '--core=0'];
  return ['setpriv', '--pdeathsig', 'KILL', '--no-new-privs', '--', 'prlimit', ...limits, '--'];
}

function endOf(
  child: ChildProcess,
  options: RunOptions,
  program: string,
  { signal, isWaitedFor }: Pick<Surroundings, 'signal' | 'isWaitedFor'>,
): Promise<Ending> {
  return new Promise((resolve, reject) => {
    let said = '';
    let stall: MediaFailure | undefined;
    const kill = () => {
      // ESRCH: it has ended by itself.
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      } catch {}
    };
    const output = child.stdout as Readable;
    const watch = watchStall(child.pid ?? 0, options.stallMs, isWaitedFor ?? (() => output.readableLength > 0), () => {
      stall = stalled(program, options.stallMs);
      kill();
    });
    signal.addEventListener('abort', kill, { once: true });
    const done = () => {
      watch.stop();
      signal.removeEventListener('abort', kill);
    };

    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-mostSaid);
    });
    let progress = '';
    (child.stdio[3] as Readable).setEncoding('utf8').on('data', (text: string) => {
      const now = text.replace(/^(speed|bitrate|fps|stream_\S+)=.*$/gm, '');
      if (now !== progress) watch.mark();
      progress = now;
    });
    output.on('error', () => {});
    child.once('error', (cause) => {
      done();
      if (signal.aborted) reject(signal.reason);
      else reject(new MediaFailure('internal', 'The video encoder could not be started here.', { cause }));
    });
    child.once('close', (code, endSignal) => {
      done();
      const ending = { code, signal: endSignal, said: said.trim() };
      const isOver = code === 0 || isWithoutFrames(ending);
      const failure = isOver ? sourceFailureOf(program, ending) : failureOf(program, ending);
      if (signal.aborted) reject(signal.reason);
      else if (stall !== undefined || failure !== undefined) reject(stall ?? failure);
      else resolve(ending);
    });
  });
}
