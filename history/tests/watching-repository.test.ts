import { newId } from '@flixtube/chassis/ids';
import { createLogger } from '@flixtube/chassis/logger';
import { connectMongo, type Mongo } from '@flixtube/chassis/mongo';
import { type TestDatabase, testDatabase } from '@flixtube/dev-env/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Collection } from 'mongodb';
import {
  mongoWatchings,
  prepareWatchings,
  type ViewerDocument,
  type WatchingDocument,
} from '../src/adapters/mongo-watchings.ts';
import type { ViewCandidate, Watching } from '../src/domain/watching.ts';
import type { Position, WatchingRepository } from '../src/domain/watching-repository.ts';

const hourMs = 3600_000;

describe('what was watched, in MongoDB', () => {
  let database: TestDatabase;
  let mongo: Mongo;
  let repository: WatchingRepository;
  beforeAll(async () => {
    database = await testDatabase();
    mongo = connectMongo({
      url: database.url,
      database: database.name,
      logger: createLogger({ service: 'test', level: 'silent' }),
    });
    const watchings = mongo.db.collection<WatchingDocument>('watchings');
    const viewers = mongo.db.collection<ViewerDocument>('viewers');
    await prepareWatchings({ watchings, viewers });
    repository = on(watchings);
  });
  afterAll(async () => {
    await mongo.stop();
    await database.close();
  });

  const on = (watchings: Collection<WatchingDocument>) => {
    // Events stay in their documents, where the tests look for them.
    const nothing = async () => {};
    const outbox = { name: 'outbox', notify: () => {}, start: nothing, check: nothing, stop: nothing };
    return mongoWatchings({ watchings, viewers: mongo.db.collection<ViewerDocument>('viewers'), outbox });
  };
  const documents = (filter: object) => database.db.collection<WatchingDocument>('watchings').find(filter).toArray();
  const watching = (given: Partial<Watching> = {}): Watching => ({
    viewerId: newId(),
    videoId: newId(),
    positionSeconds: 30,
    unfinished: true,
    watchedAt: new Date(),
    ...given,
  });
  const listOf = (viewerId: string, selection: 'all' | 'unfinished' = 'all') =>
    repository.list({ viewerId, selection, after: undefined, limit: 100 });

  it('counts each hour and each session once, and leaves none out, however candidates are repeated and mixed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.record({ hour: fc.nat(3), session: fc.nat(3) }), { minLength: 1, maxLength: 5 }), {
          minLength: 1,
          maxLength: 6,
        }),
        fc.boolean(),
        async (batches, atOnce) => {
          const key = { viewerId: newId(), videoId: newId() };
          const candidate = ({ hour, session }: { hour: number; session: number }): ViewCandidate => ({
            ...key,
            sessionId: `session-${session}`,
            hour: 490_000 + hour,
            at: new Date((490_000 + hour) * hourMs),
          });
          const tell = (batch: { hour: number; session: number }[]) => repository.countViews(batch.map(candidate));
          if (atOnce) await Promise.all([...batches, ...batches].map(tell));
          else for (const batch of [...batches, ...batches]) await tell(batch);

          const [document] = await documents(key);
          const counted = (document?.outbox ?? []).map(({ time, data }) => ({
            hour: Date.parse(time) / hourMs - 490_000,
            session: Number((data as { sessionId: string }).sessionId.at(-1)),
          }));
          expect(new Set(counted.map(({ hour }) => hour)).size).toBe(counted.length);
          expect(new Set(counted.map(({ session }) => session)).size).toBe(counted.length);
          for (const told of batches.flat()) {
            expect(counted.some(({ hour, session }) => hour === told.hour || session === told.session)).toBe(true);
          }
        },
      ),
      { numRuns: 20 },
    );
  }, 60_000);

  it('remembers the views of a day, and does not grow without bound', async () => {
    const key = { viewerId: newId(), videoId: newId() };
    const view = (hour: number): ViewCandidate => ({
      ...key,
      sessionId: `session-${hour}`,
      hour,
      at: new Date(hour * hourMs),
    });
    for (let hour = 0; hour < 100; hour++) await repository.countViews([view(hour)]);
    await repository.countViews(Array.from({ length: 24 }, (_, n) => view(76 + n)));
    const [document] = await documents(key);
    expect(document?.outbox).toHaveLength(100);
    expect(document?.counted.length).toBeLessThanOrEqual(128);
  });

  it('keeps the newest watching, however they are repeated, mixed and told at once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.nat(9), { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 5 }),
        fc.boolean(),
        async (batches, atOnce) => {
          const key = { viewerId: newId(), videoId: newId() };
          const tell = (batch: number[]) =>
            repository.keep(batch.map((n) => watching({ ...key, positionSeconds: n, watchedAt: new Date(1e12 + n) })));
          if (atOnce) await Promise.all(batches.map(tell));
          else for (const batch of batches) await tell(batch);
          const newest = Math.max(...batches.flat());
          expect(await listOf(key.viewerId)).toEqual([
            watching({ ...key, positionSeconds: newest, watchedAt: new Date(1e12 + newest) }),
          ]);
        },
      ),
      { numRuns: 20 },
    );
  }, 60_000);

  it('lists each once, the last watched first, in pages of any size while more are watched', async () => {
    await fc.assert(
      fc.asyncProperty(
        // Many at the same moment, so that pages end between them.
        fc.array(fc.record({ at: fc.nat(4), unfinished: fc.boolean() }), { maxLength: 12 }),
        fc.integer({ min: 1, max: 5 }),
        fc.constantFrom('all' as const, 'unfinished' as const),
        async (given, limit, selection) => {
          const viewerId = newId();
          const some = given.map(({ at, unfinished }) =>
            watching({ viewerId, unfinished, watchedAt: new Date(1e12 + at) }),
          );
          await repository.keep(some);
          const read: Watching[] = [];
          for (let after: Position | undefined; ; ) {
            const page = await repository.list({ viewerId, selection, after, limit });
            read.push(...page);
            const last = page.at(-1);
            if (last === undefined || page.length < limit) break;
            after = { watchedAt: last.watchedAt.getTime(), videoId: last.videoId };
            await repository.keep([watching({ viewerId, watchedAt: new Date() })]);
          }
          const expected = some
            .filter(({ unfinished }) => selection === 'all' || unfinished)
            .sort((a, b) => b.watchedAt.getTime() - a.watchedAt.getTime() || (a.videoId < b.videoId ? 1 : -1));
          expect(read).toEqual(expected);
        },
      ),
      { numRuns: 15 },
    );
  }, 60_000);

  it('keeps what was removed away, told late or at the very moment, and takes what is watched after', async () => {
    for (let round = 0; round < 10; round++) {
      const [one, two] = [watching(), watching()];
      const viewerId = one.viewerId;
      const before = new Date(Date.now() - 1_000);
      const tell = () =>
        repository.keep([
          { ...one, watchedAt: before },
          { ...two, viewerId, watchedAt: before },
        ]);
      if (round % 2 === 0) await tell();
      await Promise.all([tell(), repository.remove(viewerId, undefined, new Date()), tell()]);
      await tell();
      expect(await listOf(viewerId)).toEqual([]);
      expect(await listOf(viewerId, 'unfinished')).toEqual([]);
      await repository.keep([{ ...one, watchedAt: new Date(Date.now() + 1_000) }]);
      expect(await listOf(viewerId)).toHaveLength(1);
    }
  });

  it('keeps one that was removed away from reports between the last one and the removal', async () => {
    const now = Date.now();
    const one = watching({ watchedAt: new Date(now - 3_000) });
    await repository.keep([one]);
    await repository.remove(one.viewerId, one.videoId, new Date(now - 1_000));
    await repository.keep([{ ...one, watchedAt: new Date(now - 2_000) }]);
    expect(await listOf(one.viewerId)).toEqual([]);
    await repository.keep([{ ...one, watchedAt: new Date(now) }]);
    expect(await listOf(one.viewerId)).toHaveLength(1);
  });

  it('removes what was being kept just when everything was removed', async () => {
    const one = watching({ watchedAt: new Date(Date.now() - 1_000) });
    const watchings = mongo.db.collection<WatchingDocument>('watchings');
    // The removal comes after keeping has looked whether there was one, and before it writes.
    const interrupted: typeof watchings = Object.create(watchings, {
      bulkWrite: {
        value: async (...args: Parameters<typeof watchings.bulkWrite>) => {
          await repository.remove(one.viewerId, undefined, new Date());
          return watchings.bulkWrite(...args);
        },
      },
    });
    await on(interrupted).keep([one]);
    expect(await listOf(one.viewerId)).toEqual([]);
  });

  it('tells anew what is unfinished when a length becomes known', async () => {
    const videoId = newId();
    const positions = [2, 50, 99, 300];
    const some = positions.map((positionSeconds) =>
      watching({ videoId, positionSeconds, unfinished: positionSeconds > 5 }),
    );
    await repository.keep([...some, watching({ viewerId: some[0]?.viewerId as string })]);
    await repository.setDuration(videoId, 100);
    const lists = await Promise.all(some.map(({ viewerId }) => listOf(viewerId)));
    const its = lists.map((list) => list.find((one) => one.videoId === videoId));
    expect(its.map((one) => [one?.positionSeconds, one?.unfinished])).toEqual([
      [2, false],
      [50, true],
      [99, false],
      [100, false],
    ]);
  });

  it('forgets marks that are old, and neither young ones nor what is shown', async () => {
    const [shown, removed] = [watching(), watching()];
    await repository.keep([shown, removed]);
    await repository.remove(removed.viewerId, removed.videoId, new Date());
    await repository.remove(newId(), undefined, new Date());
    expect(await repository.forgetRemovals(new Date(Date.now() - hourMs))).toBe(0);
    expect(await documents({ viewerId: removed.viewerId })).toHaveLength(1);
    expect(await repository.forgetRemovals(new Date(Date.now() + hourMs))).toBeGreaterThanOrEqual(2);
    expect(await documents({ viewerId: removed.viewerId })).toEqual([]);
    expect(await listOf(shown.viewerId)).toEqual([shown]);
  });
});
