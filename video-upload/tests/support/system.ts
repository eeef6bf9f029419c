import { Secret } from '@flixtube/chassis/config';
import { createIdentity, identityHeader } from '@flixtube/chassis/identity';
import { newId } from '@flixtube/chassis/ids';
import type { Service } from '@flixtube/chassis/service';
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
import type { UploadDocument } from '../../src/adapters/mongo-uploads.ts';
import { type Config, readConfig } from '../../src/config.ts';
import { createVideoUpload } from '../../src/wiring.ts';
import { FakeMetadata } from './fake-metadata.ts';
import { FakeStorage } from './fake-storage.ts';

const secret = 'a secret of the tests, 32 characters and more';

/** video-upload's surroundings: real backends behind links that can be cut, neighbours played by fakes. */
export interface System {
  readonly storage: FakeStorage;
  readonly metadata: FakeMetadata;
  readonly database: TestDatabase;
  readonly vhost: TestVhost;
  readonly probe: EventProbe;
  readonly mongodb: TcpProxy;
  readonly rabbitmq: TcpProxy;
  /** The environment of a process of the service, with `PORT` 0. */
  readonly env: Record<string, string>;
  /** Starts the service, with some settings changed; resolves when it is ready. Stopped with the system. */
  start(env?: Record<string, string>, options?: { commitMs?: number }): Promise<Service>;
  /** Headers of a viewer's request: the identity that the gateway would give. */
  viewer(ownerId?: string): Promise<Record<string, string>>;
  records(): Promise<UploadDocument[]>;
  close(): Promise<void>;
}

export async function createSystem(): Promise<System> {
  const storageIdentity = createIdentity({ secret: new Secret(secret), service: 'video-storage' });
  const gatewayIdentity = createIdentity({ secret: new Secret(secret), service: 'gateway' });
  const storage = new FakeStorage(storageIdentity);
  const metadata = new FakeMetadata(storageIdentity);
  const [database, vhost] = await Promise.all([testDatabase(), testVhost(), storage.start(), metadata.start()]);
  const probe = await eventProbe(vhost.url);
  const [mongodb, rabbitmq] = await Promise.all([startProxy(database.url), startProxy(vhost.url)]);
  const env = {
    HOST: '127.0.0.1',
    PORT: '0',
    LOG_LEVEL: process.env.TEST_LOG_LEVEL ?? 'silent',
    IDENTITY_SECRET: secret,
    RABBITMQ_URL: rabbitmq.url,
    MONGODB_URL: mongodb.url,
    MONGODB_DATABASE: database.name,
    VIDEO_STORAGE_URL: storage.url,
    METADATA_URL: metadata.url,
    UPLOAD_MAX_BYTES: '64MiB',
    SHUTDOWN_SECONDS: '5',
  };
  const services: Service[] = [];
  const uploads = database.db.collection<UploadDocument>('uploads');

  return {
    storage,
    metadata,
    database,
    vhost,
    probe,
    mongodb,
    rabbitmq,
    env,
    async start(changed = {}, options = {}) {
      const config: Config = readConfig({ ...env, ...changed });
      const service = createVideoUpload(config, options);
      services.push(service);
      await service.start();
      await service.started();
      return service;
    },
    async viewer(ownerId = newId()) {
      return { [identityHeader]: await gatewayIdentity.issue({ kind: 'viewer', id: ownerId }) };
    },
    records: () => uploads.find().toArray(),
    async close() {
      await Promise.all(services.map((service) => service.stop({ hasten: true })));
      await Promise.all([mongodb.close(), rabbitmq.close(), storage.stop(), metadata.stop(), probe.close()]);
      await Promise.all([database.close(), vhost.close()]);
    },
  };
}

/** Asks until the answer is as wanted; for what nobody tells the test about. */
export async function eventually<T>(
  ask: () => T | Promise<T>,
  wanted: (answer: T) => boolean,
  withinMs = 15_000,
): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (wanted(answer)) return answer;
    if (Date.now() > deadline) throw new Error(`not within ${withinMs} ms; last: ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
