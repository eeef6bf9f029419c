import { type TestDatabase, testDatabase } from '@flixtube/dev-env/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { DomainError } from '../src/errors.ts';
import type { FlixEvent } from '../src/messaging.ts';
import { Registry } from '../src/metrics.ts';
import { connectMongo, type Mongo } from '../src/mongo.ts';
import { createOutbox } from '../src/outbox.ts';
import { consumerBench } from './support/consumer-bench.ts';
import { Arrivals, recordingLogger, thing, thingEvent } from './support/events.ts';

const bench = consumerBench();
let database: TestDatabase;
let mongo: Mongo | undefined;

beforeAll(async () => {
  database = await testDatabase();
});
afterEach(async () => {
  await mongo?.stop();
  mongo = undefined;
});
afterAll(() => database.close());

/** The text of the metrics, as soon as it has this line. */
async function metricsWith(registry: Registry, line: string): Promise<string> {
  for (const deadline = Date.now() + 5_000; ; ) {
    const text = await registry.metrics();
    if (text.includes(`${line}\n`) || Date.now() > deadline) return text;
    await new Promise(setImmediate);
  }
}

describe('the metrics of messages', () => {
  it('when they are published, then they are counted as confirmed or failed, and the connection is shown', async () => {
    const metrics = new Registry();
    const broker = await bench.consuming(async () => {}, { metrics });
    await broker.publish(thingEvent(1));
    expect(await metrics.metrics()).toContain('broker_connected 1\n');
    await broker.stop();
    await broker.publish(thingEvent(2)).catch(() => {});

    const text = await metrics.metrics();
    expect(text).toContain('messages_published_total{event="thing.happened",outcome="confirmed"} 1\n');
    expect(text).toContain('messages_published_total{event="thing.happened",outcome="failed"} 1\n');
    expect(text).toContain('broker_connected 0\n');
  });

  it('when they are handled, then each try is counted with what became of it', async () => {
    const metrics = new Registry();
    const tries = new Arrivals<number>();
    await bench.consuming(
      async ({ data }) => {
        tries.add(data.n);
        if (data.n === 2 && tries.all.filter((n) => n === 2).length === 1) throw new DomainError('unavailable', 'No.');
        if (data.n === 3) throw new Error('never');
      },
      { metrics, retry: { transientFirstMs: 1, firstMs: 1, tries: 2 } },
    );
    const queue = `${bench.service}.thing.happened`;
    const count = (outcome: string, n: number) =>
      `message_handling_duration_seconds_count{queue="${queue}",outcome="${outcome}"} ${n}`;
    // From the beginning: an alert sees no increase in a series that begins with all its dead letters.
    expect(await metrics.metrics()).toContain(`${count('dead-lettered', 0)}\n`);
    for (const n of [1, 2, 3]) await bench.probe.publish(thingEvent(n));
    await bench.probe.publishRaw(thing.type, Buffer.from('no event'));

    for (const line of [count('applied', 2), count('retried', 2), count('dead-lettered', 2)]) {
      expect(await metricsWith(metrics, line)).toContain(line);
    }
  });

  it('when they are handled in batches, then each member is counted once, also when it is tried by itself', async () => {
    const metrics = new Registry();
    await bench.started(
      (broker) =>
        broker.subscribeBatch({
          event: thing,
          maxSize: 3,
          maxWaitMs: 10_000,
          handle: async (events: FlixEvent<{ n: number }>[]) => {
            if (events.some(({ data }) => data.n === 6)) throw new Error('never');
          },
        }),
      { metrics, retry: { firstMs: 1, tries: 2 } },
    );
    for (const n of [1, 2, 3]) await bench.probe.publish(thingEvent(n));
    const queue = `${bench.service}.thing.happened`;
    const count = (outcome: string, n: number) =>
      `message_handling_duration_seconds_count{queue="${queue}",outcome="${outcome}"} ${n}`;
    expect(await metricsWith(metrics, count('applied', 3))).toContain(count('applied', 3));
    for (const n of [4, 5, 6]) await bench.probe.publish(thingEvent(n));
    expect(await metricsWith(metrics, count('dead-lettered', 1))).toContain(count('dead-lettered', 1));
    expect(await metricsWith(metrics, count('applied', 5))).toContain(count('applied', 5));
  });
});

describe('the metrics of an outbox', () => {
  it('when events wait, then their number and the age of the oldest are shown', async () => {
    const metrics = new Registry();
    const { logger } = recordingLogger();
    const collection = database.db.collection<{ _id: string; outbox: FlixEvent[] }>('waiting');
    const broker = await bench.started(() => {});
    createOutbox({ collection, broker, logger, metrics });
    expect(await metrics.metrics()).toContain('outbox_pending 0\n');
    const ago = (seconds: number) => ({ time: new Date(Date.now() - seconds * 1_000).toISOString() });
    await collection.insertOne({ _id: 'one', outbox: [thingEvent(1, ago(90)), thingEvent(2, ago(5))] });
    await collection.insertOne({ _id: 'two', outbox: [thingEvent(3, ago(10))] });
    await collection.insertOne({ _id: 'three', outbox: [] });

    const text = await metrics.metrics();
    expect(text).toContain('outbox_pending 3\n');
    expect(Number(/^outbox_oldest_age_seconds (.*)$/m.exec(text)?.[1])).toBeCloseTo(90, -1);
  });
});

describe('the metrics of the database', () => {
  it('when commands run, then they are timed by name, and connections are shown, also before the first', async () => {
    const metrics = new Registry();
    const { logger } = recordingLogger();
    mongo = connectMongo({ url: database.url, database: database.name, logger, metrics });
    expect(await metrics.metrics()).toContain('mongodb_pool_connections{state="in-use"} 0\n');
    await mongo.start();
    await mongo.db.collection('people').insertOne({ email: 'ada@example.org' });
    await mongo.db.command({ nonsense: 1 }).catch(() => {});

    const text = await metrics.metrics();
    expect(text).toMatch(/^mongodb_command_duration_seconds_count\{command="insert",outcome="ok"\} 1$/m);
    expect(text).toMatch(/^mongodb_command_duration_seconds_count\{command="nonsense",outcome="failed"\} 1$/m);
    expect(text).toMatch(/^mongodb_pool_connections\{state="idle"\} [1-9]/m);
    expect(text).toContain('mongodb_pool_waiting 0\n');
    expect(text).not.toContain('example.org');
  });
});
