import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Secret } from '@flixtube/chassis/config';
import { createIdentity, identityHeader } from '@flixtube/chassis/identity';
import { newId } from '@flixtube/chassis/ids';
import { ManagedProcess } from '@flixtube/dev-env/managed-process';
import { freePort } from '@flixtube/dev-env/ports';
import { root } from '@flixtube/dev-env/root';
import { MongoClient } from 'mongodb';
import { newDocument, type VideoDocument } from '../../metadata/src/adapters/video-document.ts';
import { announced } from '../../metadata/src/domain/video.ts';
import { type BenchContext, say } from './bench.ts';
import { type Comparison, compare } from './compare.ts';
import { requestsPerSecond } from './load.ts';
import { productionMongo } from './mongo.ts';

const secret = 'a secret of the benchmark alone, 32 characters or more';

/** The catalogue's lists at 1,000 and 100,000 videos, beside a bare Express route that answers the same JSON. */
export async function* catalogueList({ system, folder }: BenchContext): AsyncGenerator<Comparison> {
  // Its queues are taken over by the one that is measured.
  await system.stopOne('metadata');
  const mongo = await productionMongo(system.env.MONGODB_URL ?? '');
  try {
    for (const count of [1_000, 100_000]) {
      const database = `bench-${count}-${Date.now()}`;
      const metadata = await started('metadata', ['src/main.ts'], path.join(root, 'metadata'), {
        ...system.env,
        MONGODB_URL: mongo.url,
        MONGODB_DATABASE: database,
        IDENTITY_SECRET: secret,
        LOG_LEVEL: 'warn',
      });
      try {
        await fill(mongo.url, database, count);
        for (const query of ['', '?query=rain+w', '?sort=trending']) {
          yield await measure(`list${query} of ${count} videos on ${mongo.product}`, metadata.url + query, folder);
        }
      } finally {
        await metadata.process.stop();
        const client = new MongoClient(mongo.url);
        await client.db(database).dropDatabase();
        await client.close();
      }
    }
  } finally {
    await mongo.stop();
    await system.startOne('metadata');
  }
}

async function measure(name: string, url: string, folder: string): Promise<Comparison> {
  const identity = createIdentity({ secret: new Secret(secret), service: 'bench' });
  const headers = async () => ({ [identityHeader]: await identity.issue({ kind: 'viewer', id: newId() }) });
  const answer = await (await fetch(url, { headers: await headers() })).json();
  const file = path.join(folder, 'answer.json');
  const port = await freePort();
  await writeFile(file, JSON.stringify({ port, answer }));
  const bare = await started('bare-express', ['src/bare-express.ts', file], path.join(root, 'bench'), {}, port);
  try {
    return await compare({
      name: `${name}, against a bare Express route with the same answer`,
      unit: 'requests/s',
      ours: async () => requestsPerSecond(url, await headers()),
      reference: () => requestsPerSecond(bare.url),
    });
  } finally {
    await bare.process.stop();
  }
}

/** A program of ours with Node, ready to answer at `url`. */
async function started(name: string, args: string[], cwd: string, env: Record<string, string>, givenPort?: number) {
  const port = givenPort ?? (await freePort());
  const url = `http://127.0.0.1:${port}/api/videos`;
  const ready = givenPort === undefined ? `http://127.0.0.1:${port}/health/ready` : url;
  const process_ = new ManagedProcess({
    name,
    command: process.execPath,
    args,
    cwd,
    env: { PATH: process.env.PATH, NODE_ENV: 'production', PORT: String(port), ...env },
    isReady: async () => (await fetch(ready)).ok,
    onLine: say,
    stopWithinMs: 10_000,
  });
  await process_.start();
  await process_.ready(60_000);
  return { url, process: process_ };
}

const words = 'rain walk city night river song dance light winter garden train letter island mountain story'.split(' ');

/** Fills the catalogue with videos of different titles, ages and views, as the service itself would write them. */
async function fill(url: string, database: string, count: number): Promise<void> {
  say(`making ${count} videos`);
  const client = new MongoClient(url);
  const collection = client.db(database).collection<VideoDocument>('videos');
  const pick = (n: number, step: number) => words[(n * step + (n >> 4)) % words.length] ?? '';
  for (let made = 0; made < count; ) {
    const batch = Array.from({ length: Math.min(1_000, count - made) }, (_, i): VideoDocument => {
      const n = made + i;
      const video = announced({
        videoId: newId(),
        ownerId: newId(),
        title: `${pick(n, 1)} ${pick(n, 7)} ${n}`,
        description: `A film about ${pick(n, 3)} and ${pick(n, 11)}`,
        visibility: 'public',
        createdAt: new Date(Date.now() - n * 1_000),
        source: {
          key: `videos/${n}/source`,
          contentType: 'video/mp4',
          sizeBytes: n,
          sha256: randomBytes(32).toString('hex'),
        },
      });
      return { ...newDocument({ ...video, viewCount: (n * 7919) % 100_003 }), trending: Math.random() };
    });
    await collection.insertMany(batch, { ordered: false });
    made += batch.length;
  }
  await client.close();
}
