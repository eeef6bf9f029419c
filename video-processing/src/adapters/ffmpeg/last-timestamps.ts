import { createInterface } from 'node:readline';
import type { Source } from '../../domain/media.ts';
import { inputOf } from './input.ts';
import { type RunOptions, run } from './run.ts';

/**
 * When the last packet of each stream ends, in seconds, by reading the whole file: for those that do not say how long they
 * are, or are not to be believed. A stream none of whose packets says when it is has no entry.
 */
export async function lastTimestamps(
  options: RunOptions,
  source: Source,
  signal: AbortSignal,
): Promise<Map<number, number>> {
  const entries = ['-show_entries', 'packet=stream_index,pts_time,duration_time', '-of', 'csv=p=0'];
  const running = run(options, 'ffprobe', [...entries, ...inputOf(source)], { signal });
  // Awaited below; until then a failure must not count as unhandled.
  running.ended.catch(() => {});
  const last = new Map<number, number>();
  for await (const line of createInterface({ input: running.output })) {
    const [stream, begin, length] = line.split(',').map(Number.parseFloat) as [number, number, number | undefined];
    const end = begin + (length !== undefined && length > 0 ? length : 0);
    if (Number.isFinite(end) && end > (last.get(stream) ?? Number.NEGATIVE_INFINITY)) last.set(stream, end);
  }
  await running.ended;
  return last;
}
