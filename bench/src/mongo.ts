import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findProgram } from '@flixtube/dev-env/programs';
import { MongoClient } from 'mongodb';
import { say } from './bench.ts';

const run = promisify(execFile);

/** The database to measure queries on. */
export interface BenchMongo {
  url: string;
  /** What answers: `mongo:8`, or how the given one came. */
  product: string;
  stop(): Promise<void>;
}

/**
 * MongoDB as in production: MONGODB_URL where it is set, else the image mongo:8 where Docker is there, else the
 * system's own, whatever that is: its figures say little where it is not MongoDB.
 */
export async function productionMongo(systemUrl: string): Promise<BenchMongo> {
  const given = process.env.MONGODB_URL;
  if (given !== undefined) return { url: given, product: 'MONGODB_URL', stop: async () => {} };
  const docker = await findProgram('docker');
  if (docker === undefined) {
    say('Neither MONGODB_URL nor Docker is there: the catalogue is measured on the embedded database.');
    return { url: systemUrl, product: 'the embedded database', stop: async () => {} };
  }
  const credentials = ['-e', 'MONGO_INITDB_ROOT_USERNAME=bench', '-e', 'MONGO_INITDB_ROOT_PASSWORD=bench'];
  const { stdout: id } = await run(docker, [
    'run',
    '--detach',
    '--rm',
    ...credentials,
    '--publish',
    '127.0.0.1::27017',
    'mongo:8',
  ]);
  const container = id.trim();
  const stop = async () => {
    await run(docker, ['rm', '--force', '--volumes', container]);
  };
  try {
    const { stdout: address } = await run(docker, ['port', container, '27017/tcp']);
    const url = `mongodb://bench:bench@${address.trim().split('\n')[0]}/?directConnection=true`;
    await answers(url);
    return { url, product: 'mongo:8', stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Waits until the database takes our credentials: the image restarts its server once it has made the user. */
async function answers(url: string): Promise<void> {
  const deadline = Date.now() + 120_000;
  for (;;) {
    const client = new MongoClient(url, { serverSelectionTimeoutMS: 2_000 });
    try {
      await client.db('bench').collection('probe').findOne({});
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
    } finally {
      await client.close();
    }
  }
}
