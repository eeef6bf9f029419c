import type { Collection, Document } from 'mongodb';
import type { Registry } from 'prom-client';
import { atMost } from '../messaging/backoff.ts';
import { watch } from './families.ts';

/** A database that takes longer is in trouble that other figures tell of. */
const patienceMs = 1_000;
/** Documents that are read to be counted; beyond them only the number of documents is known. */
const mostRead = 1_000;

interface Waiting {
  events: number;
  oldestSeconds: number;
}

/** Shows how many events of a collection's documents have not been published yet, and since when the oldest waits. */
export function measureOutbox<D extends Document>(registry: Registry, collection: Collection<D>): void {
  let looking: Promise<Waiting> | undefined;
  /** One look for both gauges, within `patienceMs`. */
  const look = async (): Promise<Waiting> => {
    looking ??= waitingIn(collection as unknown as Collection).finally(() => {
      looking = undefined;
    });
    const found = looking;
    if (!(await atMost(patienceMs, found))) throw new Error('The database took too long to say what waits');
    return found;
  };
  watch(registry, { name: 'outbox_pending', help: 'Events that are written and not published yet' }, async () => [
    { value: (await look()).events },
  ]);
  const age = { name: 'outbox_oldest_age_seconds', help: 'How old the oldest event is that is not published yet' };
  watch(registry, age, async () => [{ value: (await look()).oldestSeconds }]);
}

async function waitingIn(collection: Collection): Promise<Waiting> {
  const filter = { 'outbox.id': { $gt: '' } };
  // Ids are UUIDv7: the index gives the oldest first.
  const found = await collection
    .find(filter, { projection: { 'outbox.time': 1 } })
    .sort({ 'outbox.id': 1 })
    .limit(mostRead)
    .toArray();
  const times = found.flatMap(({ outbox }) => (outbox as { time: string }[]).map(({ time }) => Date.parse(time)));
  const oldest = times.reduce((least, time) => Math.min(least, time), Date.now());
  const documents = found.length < mostRead ? 0 : await collection.countDocuments(filter);
  return { events: Math.max(times.length, documents), oldestSeconds: Math.max(0, Date.now() - oldest) / 1000 };
}
