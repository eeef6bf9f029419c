import { startProxy, type TcpProxy, type TestDatabase, testDatabase } from '@flixtube/dev-env/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { DomainError, isTransient } from '../src/errors.ts';
import { connectMongo, isDuplicateKey, type Mongo, withMongo } from '../src/mongo.ts';
import { recordingLogger } from './support/events.ts';

let database: TestDatabase;
let proxy: TcpProxy;
const opened: Mongo[] = [];

beforeAll(async () => {
  database = await testDatabase();
  proxy = await startProxy(database.url);
});

afterEach(async () => {
  proxy.heal();
  await Promise.all(opened.splice(0).map((mongo) => mongo.stop()));
});

afterAll(async () => {
  await proxy.close();
  await database.close();
});

function connected() {
  const { logger, said } = recordingLogger();
  const mongo = connectMongo({ url: proxy.url, database: database.name, logger });
  opened.push(mongo);
  return { mongo, said };
}

const failure = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('connectMongo', () => {
  it('when the database is there, then it is ready after its steps have run in their order', async () => {
    const { mongo } = connected();
    const steps: string[] = [];
    mongo.onReady(async (db) => {
      steps.push(await db.collection('things').createIndex({ name: 1 }, { unique: true }));
    });
    mongo.onReady(async () => steps.push('second'));

    await expect(mongo.check()).rejects.toMatchObject({ kind: 'unavailable' });
    await mongo.start();

    expect(steps).toEqual(['name_1', 'second']);
    await expect(mongo.check()).resolves.toBeUndefined();
  });

  it('when a step fails, then it is not ready until the step has worked, and the steps before are not repeated', async () => {
    const { mongo, said } = connected();
    const calls: string[] = [];
    mongo.onReady(async () => calls.push('first'));
    mongo.onReady(async () => {
      calls.push('second');
      if (calls.length < 4) throw new Error('not yet');
    });

    const started = mongo.start();
    await said('the database is not ready, trying again');
    await expect(mongo.check()).rejects.toMatchObject({ kind: 'unavailable' });
    await said('the database is ready');
    await started;

    expect(calls).toEqual(['first', 'second', 'second', 'second']);
    await expect(mongo.check()).resolves.toBeUndefined();
  });

  it('when the database comes later than the service, then start does not hang and it becomes ready by itself', async () => {
    proxy.refuse();
    const { mongo, said } = connected();
    let steps = 0;
    mongo.onReady(async () => {
      steps += 1;
    });
    const began = performance.now();

    await mongo.start();
    expect(performance.now() - began).toBeLessThan(4_000);
    await expect(mongo.check()).rejects.toMatchObject({ kind: 'unavailable' });
    proxy.heal();
    await said('the database is ready');

    expect(steps).toBe(1);
    await expect(mongo.check()).resolves.toBeUndefined();
  });

  it('when the database goes away and comes back, then checks and work say so within seconds, and recover', async () => {
    const { mongo } = connected();
    await mongo.start();
    proxy.refuse();
    const began = performance.now();

    const error = await failure(withMongo(() => mongo.db.collection('things').findOne({})));

    expect(performance.now() - began).toBeLessThan(8_000);
    expect(error).toBeInstanceOf(DomainError);
    expect(isTransient(error)).toBe(true);
    expect((error as DomainError).detail).toBe(
      'The database cannot be reached at the moment. Please try again shortly.',
    );
    await expect(mongo.check()).rejects.toMatchObject({ kind: 'unavailable' });
    proxy.heal();
    let again: unknown = error;
    while (again) again = await failure(mongo.check());
    await expect(mongo.db.collection('things').findOne({})).resolves.toBeNull();
  });

  it('when the network swallows everything, then a check gives up within a second and work within fifteen', async () => {
    const { mongo } = connected();
    await mongo.start();
    proxy.blackhole();
    const began = performance.now();

    const work = failure(withMongo(() => mongo.db.collection('things').findOne({})));

    await expect(mongo.check()).rejects.toMatchObject({ kind: 'unavailable' });
    expect(performance.now() - began).toBeLessThan(1_500);
    expect(isTransient(await work)).toBe(true);
    expect(performance.now() - began).toBeLessThan(15_000);
  });

  it('when it is stopped before it ever connected, then it ends at once, twice too', async () => {
    proxy.refuse();
    const { mongo } = connected();
    void mongo.start();
    const began = performance.now();

    await mongo.stop();
    await mongo.stop();

    expect(performance.now() - began).toBeLessThan(2_000);
  });
});

describe('errors of the database', () => {
  it('when a unique index refuses a write, then that is told apart and left as it is', async () => {
    const { mongo } = connected();
    const things = mongo.db.collection<{ _id: string; name: string }>('unique-things');
    await things.createIndex({ name: 1 }, { unique: true });
    await things.insertOne({ _id: 'a', name: 'same' });

    const byIndex = await failure(withMongo(() => things.insertOne({ _id: 'b', name: 'same' })));
    const byId = await failure(withMongo(() => things.insertOne({ _id: 'a', name: 'other' })));

    expect(isDuplicateKey(byIndex)).toBe(true);
    expect(isDuplicateKey(byId)).toBe(true);
    expect(isDuplicateKey(new Error('another'))).toBe(false);
    expect(isTransient(byIndex)).toBe(false);
  });

  it('when the effect and the event id are written in one update, then a repeat changes nothing', async () => {
    const { mongo } = connected();
    const things = mongo.db.collection<{ _id: string; views: number; seen: string[] }>('idempotent-things');
    const apply = (id: string) =>
      things.findOneAndUpdate(
        { _id: 'a', seen: { $ne: id } },
        { $inc: { views: 1 }, $push: { seen: id } },
        { returnDocument: 'after' },
      );
    await things.updateOne({ _id: 'a' }, { $setOnInsert: { views: 0, seen: [] } }, { upsert: true });

    expect(await apply('x')).toMatchObject({ views: 1 });
    expect(await apply('x')).toBeNull();
    expect(await apply('y')).toMatchObject({ views: 2, seen: ['x', 'y'] });
  });
});
