import { bufferCollection } from '@flixtube/chassis/buffer-collection';
import { createByteClient } from '@flixtube/chassis/byte-client';
import { createIdentity } from '@flixtube/chassis/identity';
import { createJsonClient } from '@flixtube/chassis/json-client';
import { createLogger, type Logger } from '@flixtube/chassis/logger';
import { createBroker } from '@flixtube/chassis/messaging';
import { Registry } from '@flixtube/chassis/metrics';
import { connectMongo } from '@flixtube/chassis/mongo';
import { createOutbox } from '@flixtube/chassis/outbox';
import { createService, type Resource, type Service } from '@flixtube/chassis/service';
import { createSweep } from '@flixtube/chassis/sweep';
import { httpBlocks } from './adapters/http-blocks.ts';
import { httpCatalogue } from './adapters/http-catalogue.ts';
import { httpObjects } from './adapters/http-objects.ts';
import { mongoResumables } from './adapters/mongo-resumables.ts';
import { mongoUploads, prepareUploads, uploadsCollection } from './adapters/mongo-uploads.ts';
import { createUploadApp } from './app.ts';
import type { Config } from './config.ts';
import { Ingest } from './domain/ingest.ts';
import { Finishing } from './domain/resumable/finishing.ts';
import { sweepResumables } from './domain/resumable/sweep.ts';
import { Resumables } from './domain/resumable/uploads.ts';
import { sweep } from './domain/sweep.ts';

const name = 'video-upload';

/** Replaced by tests. */
export interface Overrides {
  logger?: Logger;
  /** How long a commit is tried again, in milliseconds. */
  commitMs?: number;
}

/** All that video-upload is made of. */
export function createVideoUpload(config: Config, overrides: Overrides = {}): Service {
  const { uploadMaxBytes: maxBytes, uploadKinds: kinds } = config;
  const logger = overrides.logger ?? createLogger({ service: name, level: config.logLevel });
  const identity = createIdentity({ secret: config.identitySecret, service: name });
  const metrics = new Registry();
  const mongo = connectMongo({ url: config.mongodbUrl, database: config.mongodbDatabase, logger, metrics });
  mongo.onReady(prepareUploads);
  const broker = createBroker({ url: config.rabbitmqUrl, service: name, logger, metrics });
  const uploads = uploadsCollection(mongo.db);
  const outbox = createOutbox({ collection: uploads, broker, logger, metrics });

  const storageBytes = createByteClient({ baseUrl: config.videoStorageUrl, identity, name: 'video-storage', metrics });
  const storageJson = createJsonClient({ baseUrl: config.videoStorageUrl, identity, name: 'video-storage', metrics });
  const metadata = createJsonClient({ baseUrl: config.metadataUrl, identity, name: 'metadata', metrics });
  const records = mongoUploads(uploads, outbox);
  const store = httpObjects(storageBytes, storageJson, kinds);

  const catalogue = httpCatalogue(metadata);
  const blocks = httpBlocks(storageBytes, storageJson, kinds);
  const resumableRecords = mongoResumables(uploads);
  const finishing = new Finishing({ resumables: resumableRecords, records, blocks, store, catalogue, log: logger });

  const ingest = new Ingest({
    records,
    store,
    catalogue,
    log: logger,
    maxBytes,
    heartbeatMs: (config.abandonedSeconds / 6) * 1000,
    commitMs: overrides.commitMs ?? 15_000,
  });
  const resumables = new Resumables({
    records: resumableRecords,
    remains: records,
    blocks,
    store,
    finishing,
    log: logger,
    leaseMs: config.leaseSeconds * 1000,
    expiresMs: config.expiresSeconds * 1000,
    perViewer: config.uploadsPerViewer,
  });
  const sweeping = createSweep({
    name: 'abandoned uploads',
    everySeconds: config.sweepSeconds,
    async work(signal) {
      const times = { abandonedMs: config.abandonedSeconds * 1000, recordMs: config.recordSeconds * 1000 };
      const goneOnWith = await sweepResumables({ records: resumableRecords, finishing, log: logger }, signal);
      return goneOnWith + (await sweep({ records, store, log: logger, ...times }, signal));
    },
    logger,
  });
  const inHand: Resource = {
    name: 'uploads in hand',
    start: async () => {},
    check: async () => {},
    async stop() {
      await Promise.all([ingest.stop(), resumables.stop()]);
      storageJson.close();
      metadata.close();
      await storageBytes.close();
    },
  };

  return createService({
    name,
    host: config.host,
    port: config.port,
    shutdownSeconds: config.shutdownSeconds,
    logger,
    // Stopped from the last to the first: cleaning up needs what stands before it.
    resources: [bufferCollection(), mongo, broker, outbox, inHand, sweeping],
    app: (health) => createUploadApp({ logger, metrics, identity, health, ingest, resumables, maxBytes, kinds }),
  });
}
