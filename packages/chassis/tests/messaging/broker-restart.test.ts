import { type TestBroker, type TestDatabase, testBroker, testDatabase } from '@flixtube/dev-env/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createBroker, type FlixEvent } from '../../src/messaging.ts';
import { createOutbox } from '../../src/outbox.ts';
import type { Resource } from '../../src/service.ts';
import { Arrivals, gate, recordingLogger, thing, thingEvent } from '../support/events.ts';

let rabbitmq: TestBroker;
let database: TestDatabase;
const resources: Resource[] = [];

beforeAll(async () => {
  [rabbitmq, database] = await Promise.all([testBroker(), testDatabase()]);
}, 120_000);

afterEach(async () => {
  for (const resource of resources.splice(0).toReversed()) await resource.stop();
});

afterAll(async () => {
  await rabbitmq.close();
  await database.close();
});

describe('a broker that goes and comes back', () => {
  // In one test, since the node is slow to start and its queue has to have been written down before it is killed.
  it('when it is stopped, then killed, while events are on their way, then each is handled and the outbox is empty', async () => {
    const { logger, said } = recordingLogger();
    const broker = createBroker({ url: rabbitmq.url, service: 'survivor', logger });
    const collection = database.db.collection<{ _id: string; outbox: FlixEvent[] }>('things');
    const outbox = createOutbox({ collection, broker, logger });
    const begun = new Arrivals<number>();
    const handled = new Arrivals<number>();
    let release = gate();
    broker.subscribe({
      event: thing,
      prefetch: 5,
      handle: async ({ data }) => {
        begun.add(data.n);
        await release.opened;
        handled.add(data.n);
      },
    });
    resources.push(broker, outbox);
    await broker.start();
    await outbox.start();

    for (const [round, end] of [rabbitmq.stop, rabbitmq.kill].entries()) {
      const base = round * 100;
      // Ten that the broker has confirmed, five of them in hand.
      for (let n = 1; n <= 10; n += 1) await broker.publish(thingEvent(base + n));
      await begun.count(round * 20 + 5);
      await end();
      await said('lost the connection to RabbitMQ', round + 1, 'publishing');
      await expect(broker.publish(thingEvent(0))).rejects.toMatchObject({ kind: 'unavailable' });
      await expect(broker.check()).rejects.toMatchObject({ kind: 'unavailable' });
      // Ten that are acknowledged to somebody while there is no broker.
      for (let n = 11; n <= 20; n += 1) {
        await collection.insertOne({ _id: `thing-${base + n}`, outbox: [thingEvent(base + n)] });
        outbox.notify(`thing-${base + n}`);
      }
      release.open();
      await rabbitmq.start();

      const expected = Array.from({ length: 20 }, (_, index) => base + index + 1);
      await handled.until((all) => expected.every((n) => all.includes(n)));
      // Also once each: the five in hand were applied while their messages came a second time.
      expect(handled.all.filter((n) => n > base).toSorted((a, b) => a - b)).toEqual(expected);
      release = gate();
    }
    await outbox.stop();
    expect(await collection.countDocuments({ 'outbox.id': { $gt: '' } })).toBe(0);
  }, 150_000);
});
