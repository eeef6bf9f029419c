import { setTimeout as sleep } from 'node:timers/promises';
import type { Collection, Db } from 'mongodb';
import { DomainError } from './errors.ts';
import { newId } from './ids.ts';
import type { Logger } from './logger.ts';
import { isDuplicateKey, type Mongo } from './mongo.ts';

/** A change of documents that are there already, made once in each database. */
export interface Migration {
  /** `0001-what-it-does`: they run in the order of their ids, and are never renamed. */
  readonly id: string;
  /**
   * Makes the change. It may be cut off anywhere and run again, also beside itself for a moment, while services of the
   * version before and of this one read and write: each update names the state that it changes.
   *
   * @param o.from what the last `checkpoint` of a run before was given; undefined at the beginning
   * @param o.checkpoint notes how far it is: all up to `at` is done, which were so many documents more
   * @param o.signal aborted when another replica has taken over
   */
  run(o: {
    db: Db;
    from: string | undefined;
    checkpoint(at: string, documents: number): Promise<void>;
    signal: AbortSignal;
  }): Promise<void>;
}

/** What is noted in the collection `migrations` of the database: one of each that was begun, and the lease. */
interface MigrationDocument {
  _id: string;
  doneAt?: Date;
  checkpoint?: string;
  documents?: number;
  holder?: string;
  until?: Date;
}

const leaseId = 'lease';
const progressLogMs = 10_000;

/**
 * Has the migrations run that this database has not had, before the database counts as ready: one replica runs them, the
 * others wait. Migrations that are unknown here belong to a newer version, and are no matter.
 *
 * @param o.leaseSeconds after which another replica takes over from one that was killed
 * @returns `guard`, which makes methods of a port fail with DomainError 'unavailable' until all are done, so that
 * neither a request nor a message meets documents of before; messages are retried for as long as that lasts
 */
export function runMigrations(o: {
  mongo: Mongo;
  migrations: readonly Migration[];
  logger: Logger;
  leaseSeconds?: number;
}): { guard<T extends object>(port: T): T } {
  let done = false;
  o.mongo.onReady(async (db) => {
    await new Run(db, o).untilAllAreDone();
    done = true;
  });
  return {
    guard: (port) =>
      new Proxy(port, {
        get(target, name, receiver) {
          const value: unknown = Reflect.get(target, name, receiver);
          if (typeof value !== 'function') return value;
          // Asked at each call: who keeps the method may have got it before.
          return async (...args: unknown[]) => {
            if (done) return value.apply(target, args);
            throw new DomainError('unavailable', 'The data are being brought up to date. Please try again shortly.', {
              retryAfterSeconds: 5,
            });
          };
        },
      }),
  };
}

class Run {
  readonly #db: Db;
  readonly #notes: Collection<MigrationDocument>;
  readonly #migrations: readonly Migration[];
  readonly #logger: Logger;
  readonly #leaseMs: number;
  readonly #holder = newId();

  constructor(db: Db, o: { migrations: readonly Migration[]; logger: Logger; leaseSeconds?: number }) {
    this.#db = db;
    this.#notes = db.collection<MigrationDocument>('migrations');
    this.#migrations = o.migrations.toSorted((a, b) => (a.id < b.id ? -1 : 1));
    this.#logger = o.logger;
    this.#leaseMs = (o.leaseSeconds ?? 30) * 1_000;
  }

  async untilAllAreDone(): Promise<void> {
    let waits = false;
    while ((await this.#open()).length > 0) {
      if (await this.#takeLease()) await this.#runAll();
      else {
        if (!waits) this.#logger.info('another replica runs the migrations; waiting for it');
        waits = true;
        // Nobody tells when the other one is done, or dead.
        await sleep(Math.min(500, this.#leaseMs / 4));
      }
    }
  }

  /** In their order, those that are not done. */
  async #open(): Promise<Migration[]> {
    const noted = await this.#notes.find({ doneAt: { $exists: true } }).toArray();
    const done = new Set(noted.map(({ _id }) => _id));
    return this.#migrations.filter(({ id }) => !done.has(id));
  }

  async #runAll(): Promise<void> {
    const lost = new AbortController();
    const renewal = setInterval(() => {
      this.#renewLease().then(
        (mine) => mine || lost.abort(),
        // The lease may be over when the database is back; an update tells.
        (err) => this.#logger.warn({ err }, 'the lease of the migrations could not be renewed'),
      );
    }, this.#leaseMs / 3);
    try {
      for (const migration of await this.#open()) await this.#runOne(migration, lost.signal);
    } finally {
      clearInterval(renewal);
      await this.#notes.updateOne({ _id: leaseId, holder: this.#holder }, { $set: { until: new Date(0) } });
    }
  }

  async #runOne({ id, run }: Migration, signal: AbortSignal): Promise<void> {
    const startedAt = performance.now();
    const before = await this.#notes.findOne({ _id: id });
    this.#logger.info({ migration: id, from: before?.checkpoint }, 'a migration begins');
    let changed = before?.documents ?? 0;
    let toldAt = startedAt;
    await run({
      db: this.#db,
      from: before?.checkpoint,
      checkpoint: async (at, documents) => {
        signal.throwIfAborted();
        changed += documents;
        await this.#notes.updateOne({ _id: id }, { $set: { checkpoint: at, documents: changed } }, { upsert: true });
        if (performance.now() - toldAt < progressLogMs) return;
        toldAt = performance.now();
        this.#logger.info({ migration: id, documents: changed }, 'a migration goes on');
      },
      signal,
    });
    signal.throwIfAborted();
    await this.#notes.updateOne({ _id: id }, { $set: { doneAt: new Date(), documents: changed } }, { upsert: true });
    const ms = Math.round(performance.now() - startedAt);
    this.#logger.info({ migration: id, documents: changed, ms }, 'a migration is done');
  }

  async #takeLease(): Promise<boolean> {
    const mine = { holder: this.#holder, until: new Date(Date.now() + this.#leaseMs) };
    try {
      await this.#notes.insertOne({ _id: leaseId, ...mine });
      return true;
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
    }
    const { matchedCount } = await this.#notes.updateOne({ _id: leaseId, until: { $lt: new Date() } }, { $set: mine });
    return matchedCount === 1;
  }

  async #renewLease(): Promise<boolean> {
    const until = new Date(Date.now() + this.#leaseMs);
    const { matchedCount } = await this.#notes.updateOne({ _id: leaseId, holder: this.#holder }, { $set: { until } });
    return matchedCount === 1;
  }
}
