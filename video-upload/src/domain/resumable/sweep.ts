import type { Log } from '../ingest.ts';
import type { Finishing } from './finishing.ts';
import type { ResumableRecords } from './ports.ts';

/**
 * Goes on with uploads that have arrived and whose last replica was killed before it made a video of them, and gives up
 * what has expired; what that leaves, the sweep of abandoned uploads removes.
 * @returns how many there were
 */
export async function sweepResumables(
  o: { records: Pick<ResumableRecords, 'leftBehind' | 'expire'>; finishing: Pick<Finishing, 'finish'>; log: Log },
  signal: AbortSignal,
): Promise<number> {
  let swept = 0;
  for (const videoId of await o.records.leftBehind()) {
    if (signal.aborted) return swept;
    try {
      await o.finishing.finish(videoId);
      swept += 1;
    } catch (err) {
      o.log.warn({ err, videoId }, 'an upload that has arrived could not be made a video yet');
    }
  }
  return swept + (await o.records.expire());
}
