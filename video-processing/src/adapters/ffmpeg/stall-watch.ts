import { readFile } from 'node:fs/promises';

/** The kernel's unit of processor time in /proc, which is the same on all of Linux's usual platforms. */
const ticksPerSecond = 100;
/** A program that waits uses less of a processor than this; one that works, more. */
const working = 0.05;

/**
 * Calls `onStall` when a program has neither got on nor used a processor for so long. Decoding up to a place far from a
 * key frame may take minutes without any output, so it is both that count; what uses the processor for ever is ended by
 * its limit of processor time.
 */
export function watchStall(pid: number, stallMs: number, isWaitedFor: () => boolean, onStall: () => void) {
  let since = performance.now();
  let ticksThen = 0;
  let marked = true;
  const timer = setInterval(() => void look(), Math.max(20, Math.min(1_000, stallMs / 5)));

  async function look(): Promise<void> {
    const ticks = await ticksOf(pid);
    const now = performance.now();
    const used = ((ticks - ticksThen) / ticksPerSecond) * 1_000;
    if (marked || isWaitedFor() || used > Math.max(50, working * (now - since))) {
      [since, ticksThen, marked] = [now, ticks, false];
    } else if (now - since >= stallMs) {
      clearInterval(timer);
      onStall();
    }
  }

  return {
    /** It got on. */
    mark: () => {
      marked = true;
    },
    stop: () => clearInterval(timer),
  };
}

/** proc_pid_stat(5): utime and stime are the 14th and 15th field, and the 2nd may hold anything up to the last bracket. */
async function ticksOf(pid: number): Promise<number> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'latin1');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return Number(fields[11]) + Number(fields[12]);
  } catch {
    return 0;
  }
}
