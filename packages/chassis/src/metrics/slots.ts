import type { Registry } from 'prom-client';
import { watch } from './families.ts';

/**
 * Shows how much of something that is bounded is taken: streams, encoders, memory set aside.
 *
 * @param o.what names it, with its unit where it is not a number of things: `encoder-memory-bytes`
 * @param o.waiting how many wait for their turn, where there is a line
 */
export function meterSlots(
  registry: Registry,
  o: { what: string; used(): number; limit: number; waiting?(): number },
): void {
  const { what, used, limit, waiting } = o;
  const labels = { what };
  const labelNames = ['what'];
  watch(registry, { name: 'slots_used', help: 'How much of what is bounded is taken', labelNames }, () => [
    { labels, value: used() },
  ]);
  watch(registry, { name: 'slots_limit', help: 'How much of it there is', labelNames }, () => [
    { labels, value: limit },
  ]);
  if (waiting === undefined) return;
  watch(registry, { name: 'slots_waiting', help: 'How many wait for some of it', labelNames }, () => [
    { labels, value: waiting() },
  ]);
}
