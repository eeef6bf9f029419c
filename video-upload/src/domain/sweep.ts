import type { Log, ObjectStore, UploadRecords } from './ingest.ts';
import { objectPrefix } from './upload.ts';

/** What a sweep needs of the records beyond what an upload does. */
export interface SweptRecords extends Pick<UploadRecords, 'forget'> {
  /**
   * Takes one upload that has given no sign of life since `before`, or was given up before then, and gives it up: it
   * can't be committed from now on, and for a while no other replica takes it. Undefined when there is none.
   */
  takeAbandoned(before: Date): Promise<string | undefined>;
  /** Forgets uploads that were stored before then and whose events have all been published; answers how many. */
  forgetStored(before: Date): Promise<number>;
}

export interface SweepOptions {
  records: SweptRecords;
  store: Pick<ObjectStore, 'removeAll'>;
  log: Log;
  abandonedMs: number;
  recordMs: number;
}

/**
 * Removes what uploads left behind whose process, or whose store, was killed, and records that nobody needs any more.
 * May run in several replicas at once. The first failure ends it: the next sweep goes on.
 *
 * @returns how many uploads were removed or forgotten
 */
export async function sweep(
  { records, store, log, abandonedMs, recordMs }: SweepOptions,
  signal: AbortSignal,
): Promise<number> {
  let swept = 0;
  const before = new Date(Date.now() - abandonedMs);
  while (!signal.aborted) {
    const videoId = await records.takeAbandoned(before);
    if (videoId === undefined) break;
    try {
      await store.removeAll(objectPrefix(videoId));
      await records.forget(videoId);
      swept += 1;
    } catch (err) {
      log.warn({ err, videoId }, 'what is left of an upload could not be removed yet');
      return swept;
    }
  }
  return swept + (await records.forgetStored(new Date(Date.now() - recordMs)));
}
