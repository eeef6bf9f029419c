import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { ManagedProcess } from '../managed-process.ts';
import { accepts } from '../ports.ts';
import { findProgram } from '../programs.ts';
import { messageOf, SetupFailure } from '../setup-failure.ts';
import { type Backend, type BackendOptions, logFile } from './backend.ts';
import { buildFerretdb } from './ferretdb.ts';
import { downloadMongod } from './mongod-download.ts';

interface Engine {
  product: string;
  command: string;
  args(port: number, folder: string): string[];
  folder: string;
}

/** MongoDB, or what speaks its protocol: the first that can be had of mongod on PATH, its download, and FerretDB. */
export async function startMongodb(o: BackendOptions & { binFolder: string }): Promise<Backend> {
  const engine = await findEngine(o);
  const folder = join(o.dataFolder, engine.folder);
  await mkdir(folder, { recursive: true });
  const url = `mongodb://127.0.0.1:${o.port}`;
  const database = new ManagedProcess({
    name: 'mongodb',
    command: engine.command,
    args: engine.args(o.port, folder),
    cwd: o.dataFolder,
    env: { PATH: process.env.PATH, HOME: o.dataFolder },
    isReady: async () => (await accepts(o.port)) && (await answersPing(url, 3_000).then(() => true)),
    onLine: logFile(join(o.dataFolder, 'mongodb.log')),
    ...(o.onSpawn && { onSpawn: o.onSpawn }),
    onDeath: (what, delayMs) => o.onDeath('mongodb', what, delayMs),
    onRecovery: () => o.onRecovery('mongodb'),
    stopWithinMs: 15_000,
  });
  try {
    await database.start();
    await database.ready(60_000, o);
  } catch (error) {
    await database.stop();
    throw error;
  }
  return {
    name: 'mongodb',
    product: engine.product,
    port: o.port,
    url,
    env: { MONGODB_URL: `${url}/?directConnection=true` },
    process: database,
    isReady: () => database.isReady(),
    stop: (options) => database.stop(options),
  };
}

/** @throws what the driver says when nothing answers there within the time. */
export async function answersPing(url: string, withinMs: number): Promise<void> {
  const client = new MongoClient(url, { serverSelectionTimeoutMS: withinMs, connectTimeoutMS: withinMs });
  try {
    await client.db('admin').command({ ping: 1 });
  } finally {
    await client.close();
  }
}

async function findEngine(o: BackendOptions & { binFolder: string }): Promise<Engine> {
  const onPath = await findProgram('mongod');
  if (onPath) return mongod('MongoDB (mongod on PATH)', onPath);
  const tried = ['mongod is not on PATH'];
  try {
    return mongod('MongoDB (downloaded)', await downloadMongod(o.binFolder, o.say));
  } catch (error) {
    tried.push(`mongod could not be downloaded: ${messageOf(error)}`);
  }
  try {
    return {
      product: 'FerretDB 1.24.2 on SQLite',
      command: await buildFerretdb(o.binFolder, o.say, o.signal),
      args: (port, folder) => [`127.0.0.1:${port}`, folder],
      folder: 'ferretdb',
    };
  } catch (error) {
    o.signal?.throwIfAborted();
    tried.push(`FerretDB could not be built: ${messageOf(error)}`);
  }
  throw new SetupFailure(
    `There is no MongoDB, and none could be had from here:\n${tried.map((line) => `  - ${line}`).join('\n')}\n` +
      'Ways to get one:\n' +
      '  - install MongoDB, with mongod on PATH (https://www.mongodb.com/docs/manual/installation)\n' +
      '  - install Go 1.24 or newer (https://go.dev/dl), with go on PATH: FerretDB is then built from source\n' +
      '  - MONGODB_URL=mongodb://host:27017 in the environment, for one that runs elsewhere',
  );
}

function mongod(product: string, command: string): Engine {
  return {
    product,
    command,
    args: (port, folder) => [
      ...['--port', String(port), '--bind_ip', '127.0.0.1', '--nounixsocket', '--dbpath', folder],
      ...['--wiredTigerCacheSizeGB', '0.25', '--setParameter', 'diagnosticDataCollectionEnabled=false', '--quiet'],
    ],
    folder: 'mongod',
  };
}
