import {
  type EventProbe,
  eventProbe,
  startProxy,
  type TcpProxy,
  type TestDatabase,
  type TestVhost,
  testDatabase,
  testVhost,
} from '@flixtube/dev-env/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Collection } from 'mongodb';
import { type Broker, createBroker, type FlixEvent } from '../src/messaging.ts';
import { connectMongo } from '../src/mongo.ts';
import { createOutbox, type Outbox } from '../src/outbox.ts';
import type { Resource } from '../src/service.ts';
import { runToItsDeath } from './support/child.ts';
import { Arrivals, gate, recordingLogger, soon, thing, thingEvent } from './support/events.ts';

interface Document {
  _id: string;
  outbox?: FlixEvent[];
}

let vhost: TestVhost;
let probe: EventProbe;
let database: TestDatabase;
let collection: Collection<Document>;
let brokerProxy: TcpProxy;
let databaseProxy: TcpProxy;
let count = 0;
const resources: Resource[] = [];

beforeAll(async () => {
  vhost = await testVhost();
  probe = await eventProbe(vhost.url);
  database = await testDatabase();
  brokerProxy = await startProxy(vhost.url);
  databaseProxy = await startProxy(database.url);
});

beforeEach(() => {
  count += 1;
  collection = database.db.collection(`things-${count}`);
});

afterEach(async () => {
  brokerProxy.heal();
  databaseProxy.heal();
  for (const resource of resources.splice(0).toReversed()) await resource.stop();
});

afterAll(async () => {
  await brokerProxy.close();
  await databaseProxy.close();
  await probe.close();
  await database.close();
  await vhost.close();
});

async function startedBroker(url = vhost.url): Promise<Broker & { said: ReturnType<typeof recordingLogger>['said'] }> {
  const { logger, said } = recordingLogger();
  const broker = createBroker({ url, service: 'relay', logger, retry: soon });
  resources.push(broker);
  await broker.start();
  return Object.assign(broker, { said });
}

async function startedOutbox(broker: Broker, of: Collection<Document> = collection) {
  const { logger, said } = recordingLogger();
  const outbox: Outbox = createOutbox({ collection: of, broker, logger });
  resources.push(outbox);
  await outbox.start();
  return Object.assign(outbox, { said });
}

const write = (id: string, ...events: FlixEvent[]) => collection.insertOne({ _id: id, outbox: events });
const hears = (n: number, withinMs?: number) => probe.next(thing.type, (event) => event.data.n === n, withinMs);
const timesHeard = (event: FlixEvent) => probe.published(thing.type).filter(({ id }) => id === event.id).length;

/** Resolves when no document has a pending event any more. */
async function emptied(): Promise<void> {
  while ((await collection.countDocuments({ 'outbox.id': { $gt: '' } })) > 0) await new Promise(setImmediate);
}

describe('an outbox', () => {
  it.each([['named'], ['not named']])(
    'when it is notified, the document %s, then events are published at once and removed',
    async (how) => {
      const outbox = await startedOutbox(await startedBroker());
      const event = thingEvent(1);
      await write('a', event);

      outbox.notify(how === 'named' ? 'a' : undefined);

      expect(await hears(1, 5_000)).toEqual(event);
      await emptied();
      expect(await collection.findOne({ _id: 'a' })).toEqual({ _id: 'a', outbox: [] });
      expect(timesHeard(event)).toBe(1);
    },
  );

  it('when a document has several events, then they are published in their order', async () => {
    const outbox = await startedOutbox(await startedBroker());
    const events = Array.from({ length: 20 }, (_, n) => thingEvent(100 + n));
    await write('a', ...events);

    outbox.notify('a');
    await hears(119);

    const heard = probe.published<{ n: number }>(thing.type).map(({ data }) => data.n);
    expect(heard.filter((n) => n >= 100 && n < 120)).toEqual(events.map(({ data }) => data.n));
    await emptied();
  });

  it('when it starts, then what an earlier process left behind is published', async () => {
    await write('a', thingEvent(200));

    await startedOutbox(await startedBroker());

    await hears(200, 5_000);
    await emptied();
  });

  it('when nobody notifies it, then the sweep finds the event', async () => {
    const outbox = await startedOutbox(await startedBroker());
    await write('first', thingEvent(300));
    outbox.notify();
    await hears(300);
    await emptied();

    await write('a', thingEvent(301));

    await hears(301, 15_000);
  });

  it('when the broker is away, then the event waits, and is published when the broker is back', async () => {
    const broker = await startedBroker(brokerProxy.url);
    const outbox = await startedOutbox(broker);
    brokerProxy.refuse();
    await broker.said('lost the connection to RabbitMQ');
    await write('a', thingEvent(400));
    outbox.notify('a');
    await broker.said('no connection to RabbitMQ, trying again');
    expect(probe.published<{ n: number }>(thing.type).some(({ data }) => data.n === 400)).toBe(false);

    brokerProxy.heal();

    // Sooner than by the sweep.
    await broker.said('connected to RabbitMQ', 2);
    await hears(400, 4_000);
    await emptied();
  });

  it('when the broker takes events and its confirms get lost, then they are published again until one is confirmed', async () => {
    const broker = await startedBroker(brokerProxy.url);
    const outbox = await startedOutbox(broker);
    const event = thingEvent(401);
    brokerProxy.blackhole('answers');
    await write('a', event);
    outbox.notify('a');
    await hears(401);
    expect(await collection.countDocuments({ 'outbox.id': event.id })).toBe(1);

    brokerProxy.heal();

    await emptied();
    expect(timesHeard(event)).toBeGreaterThanOrEqual(2);
  }, 60_000);

  it('when no queue takes the event of one document, then others are not held up, and it follows once one does', async () => {
    const lonely = await testVhost();
    const broker = await startedBroker(lonely.url);
    const taken = new Arrivals<string>();
    broker.subscribe({ event: thing, handle: async (event) => taken.add(event.id) });
    const outbox = await startedOutbox(broker);
    const untaken = Array.from({ length: 150 }, (_, n) => ({ ...thingEvent(500 + n), type: 'other.happened' }));
    await collection.insertMany(untaken.map((event, n) => ({ _id: `a-${n}`, outbox: [event, thingEvent(700 + n)] })));
    await outbox.said('an event could not be published yet');
    const others = Array.from({ length: 150 }, (_, n) => thingEvent(900 + n));
    await collection.insertMany(others.map((event, n) => ({ _id: `b-${n}`, outbox: [event] })));

    outbox.notify();
    await taken.count(150);
    expect(new Set(taken.all)).toEqual(new Set(others.map(({ id }) => id)));

    const late = new Arrivals<string>();
    broker.subscribe({ event: { ...thing, type: 'other.happened' }, handle: async (event) => late.add(event.id) });
    await late.until((all) => new Set(all).size === 150);
    await emptied();
    expect(new Set(taken.all).size).toBe(300);
    await broker.stop();
    await lonely.close();
  }, 60_000);

  it('when a document holds something that is no event, then others are not held up', async () => {
    const outbox = await startedOutbox(await startedBroker());
    const oddities: Partial<Document>[] = [
      { outbox: { id: 'x' } as unknown as FlixEvent[] },
      { outbox: [{ id: 'x' } as FlixEvent] },
      { outbox: [{ ...thingEvent(0), time: 'yesterday' }] },
      {},
    ];
    await collection.insertMany(Array.from({ length: 40 }, (_, n) => ({ _id: `odd-${n}`, ...oddities[n % 4] })));
    await collection.insertMany(
      Array.from({ length: 20 }, (_, n) => ({ _id: `a-${n}`, outbox: [thingEvent(1_200 + n)] })),
    );

    outbox.notify();

    await Promise.all(Array.from({ length: 20 }, (_, n) => hears(1_200 + n, 5_000)));
  });

  it('when the database is away, then events are published once it is back', async () => {
    const mongo = connectMongo({ url: databaseProxy.url, database: database.name, logger: recordingLogger().logger });
    resources.push(mongo);
    await mongo.start();
    const outbox = await startedOutbox(await startedBroker(), mongo.db.collection(collection.collectionName));
    databaseProxy.refuse();
    await write('a', thingEvent(1_300));
    outbox.notify('a');
    await outbox.said('the outbox could not be relayed');

    databaseProxy.heal();

    await hears(1_300);
    await emptied();
  });

  it('when several replicas relay at once, then nothing is lost and they do not all publish all of it', async () => {
    const outboxes = await Promise.all([1, 2, 3].map(async () => startedOutbox(await startedBroker())));
    const events = Array.from({ length: 300 }, (_, n) => thingEvent(2_000 + n));
    await collection.insertMany(events.map((event, n) => ({ _id: `a-${n}`, outbox: [event] })));

    for (const outbox of outboxes) outbox.notify();
    await emptied();

    for (const event of events) await probe.next(thing.type, ({ id }) => id === event.id);
    const published = probe
      .published<{ n: number }>(thing.type)
      .filter(({ data }) => data.n >= 2_000 && data.n < 2_300);
    expect(published.length).toBeLessThan(2 * events.length);
  });

  it('when it is stopped while an event is being published, then that is finished and no further one begun', async () => {
    const broker = await startedBroker();
    const begun = gate();
    const release = gate();
    const slow: Broker = {
      ...broker,
      publish: async (event) => {
        begun.open();
        await release.opened;
        await broker.publish(event);
      },
    };
    const outbox = await startedOutbox(slow);
    const [first, second] = [thingEvent(3_000), thingEvent(3_001)];
    await write('a', first, second);
    outbox.notify('a');
    await begun.opened;

    const stopping = outbox.stop();
    release.open();
    await stopping;

    expect(await collection.findOne({ _id: 'a' })).toEqual({ _id: 'a', outbox: [second] });
    await expect(outbox.check()).rejects.toMatchObject({ kind: 'unavailable' });
  });
});

describe('a relay that is killed between the confirm and the removal', () => {
  it('when another relays after it, then the event has come at most twice, and to an idempotent consumer once', async () => {
    const broker = await startedBroker();
    const effects = database.db.collection<{ _id: string; seen: string[]; total: number }>('effects');
    const applied = new Arrivals<string>();
    broker.subscribe({
      event: thing,
      handle: async (event) => {
        await effects.updateOne({ _id: 'sum' }, { $setOnInsert: { total: 0, seen: [] } }, { upsert: true });
        await effects.updateOne(
          { _id: 'sum', seen: { $ne: event.id } },
          { $inc: { total: event.data.n }, $push: { seen: event.id } },
        );
        applied.add(event.id);
      },
    });
    const event = thingEvent(5_000);
    await write('a', event);

    const end = await runToItsDeath('outbox-relay.ts', {
      rabbitmqUrl: vhost.url,
      mongodbUrl: database.url,
      database: database.name,
      collection: collection.collectionName,
    });
    expect(end).toBe('SIGKILL');
    expect(await collection.countDocuments({ 'outbox.id': event.id })).toBe(1);
    await applied.count(1);
    await startedOutbox(broker);
    await emptied();

    await applied.count(2);
    expect(timesHeard(event)).toBe(2);
    expect(await effects.findOne({ _id: 'sum' })).toMatchObject({ total: 5_000 });
  });
});

describe('from a document to an effect', () => {
  it('when the network to the broker is cut every few moments, then every effect is there exactly once', async () => {
    const relay = await startedBroker(brokerProxy.url);
    const { logger, said } = recordingLogger();
    const consumer = createBroker({ url: brokerProxy.url, service: 'counter', logger, retry: soon });
    resources.push(consumer);
    const effects = database.db.collection<{ _id: string; total: number; seen: string[] }>('counted');
    const applied = new Arrivals<string>();
    consumer.subscribe({
      event: thing,
      handle: async (event) => {
        const _id = event.subject;
        await effects.updateOne({ _id }, { $setOnInsert: { total: 0, seen: [] } }, { upsert: true });
        await effects.updateOne({ _id, seen: { $ne: event.id } }, { $inc: { total: 1 }, $push: { seen: event.id } });
        applied.add(event.id);
      },
    });
    await consumer.start();
    const outbox = await startedOutbox(relay);
    const events = Array.from({ length: 300 }, (_, n) => thingEvent(6_000 + n));

    const cutting = (async () => {
      for (let cuts = 1; cuts <= 5; cuts += 1) {
        await applied.count(cuts * 40);
        brokerProxy.cut();
        await said('connected to RabbitMQ', cuts + 1, 'consuming');
      }
    })();
    for (const [n, event] of events.entries()) {
      await write(`a-${n}`, event);
      outbox.notify(`a-${n}`);
    }
    await cutting;
    await applied.until((all) => new Set(all).size === events.length);
    await emptied();

    const counted = await effects.find().toArray();
    expect(counted).toHaveLength(events.length);
    expect(counted.filter(({ total }) => total !== 1)).toEqual([]);
    expect(probe.deadLetters()).toEqual([]);
  }, 60_000);
});
