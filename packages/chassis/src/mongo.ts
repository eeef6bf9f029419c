import { type Db, MongoClient } from 'mongodb';
import { Secret } from './config.ts';
import { DomainError } from './errors.ts';
import type { Logger } from './logger.ts';
import { atMost, backoff, delay } from './messaging/backoff.ts';
import { measureMongo } from './metrics/mongodb.ts';
import { Registry } from './metrics.ts';
import { mapMongoError } from './mongo-errors.ts';
import type { Resource } from './service.ts';

export { isDuplicateKey, mapMongoError } from './mongo-errors.ts';

/** A service's own database. A Resource: started and stopped with the service, and part of its readiness. */
export interface Mongo extends Resource {
  readonly client: MongoClient;
  readonly db: Db;
  /** Adds a step, such as making indexes, that has to succeed before the database counts as ready. Repeated until it does. */
  onReady(step: (db: Db) => Promise<unknown>): void;
}

// A service that is started before its database waits no longer than this for it, and goes on without.
const startPatienceMs = 3_000;
const checkPatienceMs = 900;

/**
 * Prepares the connection to a service's database; nothing is sent before `start()` or the first use.
 * Works with whatever speaks the protocol: no sessions, no transactions, nothing but the stable commands.
 */
export function connectMongo(o: {
  url: Secret | string;
  database: string;
  logger: Logger;
  name?: string;
  /** Where connections and commands are counted. */
  metrics?: Registry;
}): Mongo {
  const { logger, name = 'mongodb' } = o;
  const client = new MongoClient(o.url instanceof Secret ? o.url.reveal() : o.url, {
    appName: o.database,
    // A request should fail in the time that a person waits, not in the driver's 30 seconds.
    serverSelectionTimeoutMS: 3_000,
    connectTimeoutMS: 3_000,
    waitQueueTimeoutMS: 3_000,
    socketTimeoutMS: 20_000,
    heartbeatFrequencyMS: 5_000,
    maxPoolSize: 20,
    // What was acknowledged has to outlive a kill of the database: without its journal up to 100 ms of writes are lost.
    writeConcern: { w: 'majority', journal: true },
    monitorCommands: true,
  });
  measureMongo(o.metrics ?? new Registry(), client);
  const db = client.db(o.database);
  const steps: ((db: Db) => Promise<unknown>)[] = [];
  const stopping = new AbortController();
  let preparing: Promise<void> | undefined;
  let prepared = 0;
  let stopped: Promise<void> | undefined;

  const ping = () => db.command({ ping: 1 });
  const prepare = async () => {
    for (let failures = 1; !stopping.signal.aborted; failures += 1) {
      try {
        // Asked for by name each time: after a first connect that failed the driver does not try again by itself.
        await client.connect();
        await ping();
        for (let step = steps[prepared]; step; step = steps[prepared]) {
          await step(db);
          prepared += 1;
        }
        logger.info({ database: o.database }, 'the database is ready');
        return;
      } catch (err) {
        if (stopping.signal.aborted) return;
        const nextInMs = backoff(failures, 500, 10_000);
        logger.warn({ err, failures, nextInMs }, 'the database is not ready, trying again');
        await delay(nextInMs, stopping.signal);
      }
    }
  };

  return {
    name,
    client,
    db,
    onReady: (step) => {
      steps.push(step);
      if (preparing) preparing = preparing.then(prepare);
    },
    start: async () => {
      preparing ??= prepare();
      await atMost(startPatienceMs, preparing);
    },
    check: async () => {
      if (!preparing || prepared < steps.length) {
        throw new DomainError('unavailable', 'The database is not ready yet.');
      }
      // On a network that swallows everything the driver would take several times as long to give up.
      const answer = withMongo(ping);
      if (!(await atMost(checkPatienceMs, answer)))
        throw new DomainError('unavailable', 'The database does not answer.');
      await answer;
    },
    stop: () => {
      stopping.abort();
      stopped ??= client.close();
      return stopped;
    },
  };
}

/** Runs an adapter's work on the database, its errors mapped by `mapMongoError`. */
export async function withMongo<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw mapMongoError(error);
  }
}
