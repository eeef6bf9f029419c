import type { Registry } from 'prom-client';
import { counterIn, watch } from './families.ts';

/** Counts what a cache is good for. */
export interface CacheMeter {
  /** What was asked for was there, or was not. */
  asked(found: boolean): void;
}

/**
 * Counts what is asked of a cache, and shows how full it is.
 *
 * @param o.entries how many things it holds now
 * @param o.bytes how much memory or disk they take, where that is known
 */
export function meterCache(registry: Registry, o: { cache: string; entries(): number; bytes?(): number }): CacheMeter {
  const { cache, entries, bytes } = o;
  const requests = counterIn(registry, {
    name: 'cache_requests_total',
    help: 'What was asked of a cache, and whether it had that',
    labelNames: ['cache', 'outcome'],
  });
  const labelNames = ['cache'];
  const labels = { cache };
  watch(registry, { name: 'cache_entries', help: 'What a cache holds now', labelNames }, () => [
    { labels, value: entries() },
  ]);
  if (bytes !== undefined) {
    watch(registry, { name: 'cache_bytes', help: 'How many bytes a cache holds now', labelNames }, () => [
      { labels, value: bytes() },
    ]);
  }
  const [hits, misses] = [requests.labels(cache, 'hit'), requests.labels(cache, 'miss')];
  return { asked: (found) => (found ? hits : misses).inc() };
}
