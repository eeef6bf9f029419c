import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type TestDatabase, testDatabase } from '@flixtube/dev-env/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Migration, runMigrations } from '../src/migrations.ts';
import { connectMongo, type Mongo } from '../src/mongo.ts';
import { recordingLogger } from './support/events.ts';
import { counting } from './support/migrating.ts';

let database: TestDatabase;
const opened: Mongo[] = [];

beforeEach(async () => {
  database = await testDatabase();
});

afterEach(async () => {
  await Promise.all(opened.splice(0).map((mongo) => mongo.stop()));
  await database.close();
});

/** A replica of a service that has these migrations; not started. */
function replica(migrations: Migration[]) {
  const { logger, lines } = recordingLogger();
  const mongo = connectMongo({ url: database.url, database: database.name, logger });
  opened.push(mongo);
  const { guard } = runMigrations({ mongo, migrations, logger, leaseSeconds: 1 });
  const ready = async () => {
    await mongo.start();
    while (
      !(await mongo.check().then(
        () => true,
        () => false,
      ))
    )
      await new Promise(setImmediate);
  };
  return { mongo, guard, said: () => lines.all, ready };
}

const migration = (id: string, run: Migration['run']): Migration => ({ id, run });
const things = () => database.db.collection<{ _id: string; n: number }>('things');

describe('runMigrations', () => {
  it('when a database has had none, then they run once, in the order of their ids', async () => {
    const ran: string[] = [];
    const first = migration('0001-first', async () => void ran.push('first'));
    const second = migration('0002-second', async () => void ran.push('second'));

    await replica([second, first]).ready();
    await replica([first, second]).ready();

    expect(ran).toEqual(['first', 'second']);
  });

  it('when a newer version has run more, then an older one starts all the same', async () => {
    await replica([counting, migration('0002-of-a-newer-version', async () => {})]).ready();
    await replica([counting]).ready();

    expect(await things().countDocuments({ n: 1 })).toBe(40);
  });

  it('when several replicas start at the same time, then one runs them and the others wait for it', async () => {
    const replicas = Array.from({ length: 4 }, () => replica([counting]));

    await Promise.all(replicas.map(({ ready }) => ready()));

    expect(await things().countDocuments({ n: 1 })).toBe(40);
    const begun = replicas.flatMap(({ said }) => said()).filter(({ msg }) => msg === 'a migration begins');
    expect(begun).toHaveLength(1);
  });

  it('when it is killed in the middle, then the next one takes over after the lease and goes on where it was', async () => {
    const child = fork(join(import.meta.dirname, 'support/migrating.ts'), [database.url, database.name], {
      execArgv: [],
    });
    for (;;) if ((await once(child, 'message'))[0] >= 7) break;
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await things().countDocuments()).toBeLessThan(40);

    const next = replica([counting]);
    await next.ready();

    // At most the one between its update and its checkpoint was done twice.
    expect(await things().countDocuments({ n: { $gte: 1 } })).toBe(40);
    expect(await things().countDocuments({ n: { $gt: 1 } })).toBeLessThanOrEqual(1);
    const begins = next.said().find(({ msg }) => msg === 'a migration begins');
    expect(Number(begins?.from)).toBeGreaterThanOrEqual(7);
    expect(next.said()).toContainEqual(expect.objectContaining({ msg: 'a migration is done', documents: 40 }));
  });

  it('when one fails, then the service is not ready, says why, and it is tried again', async () => {
    let fails = true;
    const failing = migration('0001-failing', async () => {
      if (fails) throw new Error('a document that nobody thought of');
    });
    const one = replica([failing]);
    await one.mongo.start();
    await expect(one.mongo.check()).rejects.toMatchObject({ kind: 'unavailable' });
    expect(JSON.stringify(one.said())).toContain('a document that nobody thought of');

    fails = false;
    await one.ready();
    expect(one.said()).toContainEqual(expect.objectContaining({ msg: 'a migration is done' }));
  });

  it('when they are not done, then a guarded port answers "not now", and from then on as it is', async () => {
    const release = Promise.withResolvers<void>();
    const one = replica([migration('0001-slow', () => release.promise)]);
    const port = one.guard({ ask: async (word: string) => word });
    const ready = one.ready();

    await expect(port.ask('before')).rejects.toMatchObject({ kind: 'unavailable' });
    release.resolve();
    await ready;

    await expect(port.ask('after')).resolves.toBe('after');
  });
});
