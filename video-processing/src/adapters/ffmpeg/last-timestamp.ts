import { createInterface } from 'node:readline';
import type { Source } from '../../domain/media.ts';
import { inputOf } from './input.ts';
import { type RunOptions, run } from './run.ts';

/**
 * When the last packet of a stream ends, in seconds, by reading the whole file: for those that do not say how long they
 * are. Undefined when no packet says when it is.
 */
export async function lastTimestamp(
  options: RunOptions,
  source: Source,
  stream: number,
  signal: AbortSignal,
): Promise<number | undefined> {
  const entries = ['-show_entries', 'packet=pts_time,duration_time', '-of', 'csv=p=0'];
  const running = run(options, 'ffprobe', ['-select_streams', String(stream), ...entries, ...inputOf(source)], {
    signal,
  });
  // Awaited below; until then a failure must not count as unhandled.
  running.ended.catch(() => {});
  let last: number | undefined;
  for await (const line of createInterface({ input: running.output })) {
    const [begin, length] = line.split(',').map(Number.parseFloat) as [number, number | undefined];
    const end = begin + (length !== undefined && length > 0 ? length : 0);
    if (Number.isFinite(end) && (last === undefined || end > last)) last = end;
  }
  await running.ended;
  return last;
}
