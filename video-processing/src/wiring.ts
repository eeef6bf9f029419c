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
import { ffmpegMedia } from './adapters/ffmpeg/ffmpeg-media.ts';
import { httpObjects } from './adapters/http-objects.ts';
import { mongoParts, partsCollection, prepareParts } from './adapters/mongo-parts.ts';
import { mongoProcessings, prepareProcessings, processingsCollection } from './adapters/mongo-processings.ts';
import { prometheusProcessing, watchSlots } from './adapters/prometheus-processing.ts';
import { sourceServer } from './adapters/source-server.ts';
import { workFolders } from './adapters/work-folders.ts';
import { createProcessingApp } from './app.ts';
import type { Config } from './config.ts';
import { consumeTasks } from './consumers/tasks.ts';
import { consumeVideoDeleted } from './consumers/video-deleted.ts';
import { consumeVideoProcessingRequested } from './consumers/video-processing-requested.ts';
import { consumeVideoUploaded } from './consumers/video-uploaded.ts';
import { EncoderSlots, withSlots } from './domain/encoder-slots.ts';
import { Lifecycle } from './domain/lifecycle.ts';
import type { Media } from './domain/media.ts';
import { planOf } from './domain/plan.ts';
import type { ObjectStore, Parts, Processings } from './domain/ports.ts';
import { Worker } from './domain/worker.ts';

const name = 'video-processing';
/** So long after its end an event of a deleted video may still come. */
const deletedDays = 7;

/** Replaced by tests. */
export interface Overrides {
  logger?: Logger;
  media?: Media;
  planOf?: typeof planOf;
  /** Put between the rules and what they stand on. */
  around?<P extends Processings | Parts | ObjectStore | Media>(port: P): P;
  /** Before a failed task is tried again, in milliseconds. */
  pauseMs?: number;
}

/** All that a worker is made of. */
export function createVideoProcessing(config: Config, overrides: Overrides = {}): Service {
  const logger = overrides.logger ?? createLogger({ service: name, level: config.logLevel });
  const around = overrides.around ?? ((port) => port);
  const identity = createIdentity({ secret: config.identitySecret, service: name });
  const metrics = new Registry();
  const mongo = connectMongo({ url: config.mongodbUrl, database: config.mongodbDatabase, logger, metrics });
  mongo.onReady(prepareProcessings);
  mongo.onReady(prepareParts);
  const broker = createBroker({ url: config.rabbitmqUrl, service: name, logger, metrics });
  const collection = processingsCollection(mongo.db);
  const outbox = createOutbox({ collection, broker, logger, metrics });

  const storageBytes = createByteClient({ baseUrl: config.videoStorageUrl, identity, name: 'video-storage', metrics });
  const storageJson = createJsonClient({ baseUrl: config.videoStorageUrl, identity, name: 'video-storage', metrics });
  const objects = around(httpObjects(storageBytes, storageJson));
  const processings = around(mongoProcessings(collection, outbox));
  const parts = around(mongoParts(partsCollection(mongo.db)));
  const folders = workFolders(config.folder);
  const sources = sourceServer(storageBytes, { folder: folders.own, mostBytes: config.cacheBytes, metrics });

  const meter = prometheusProcessing(metrics);
  const lifecycle = new Lifecycle({ processings, parts, objects, window: config.window, meter });
  const capacity = { encoders: config.concurrency, memoryBytes: config.memoryBytes };
  const slots = new EncoderSlots(capacity);
  watchSlots(metrics, slots, capacity);
  const worker = new Worker({
    lifecycle,
    processings,
    parts,
    objects,
    media: around(withSlots(overrides.media ?? ffmpegMedia({ threads: config.threads }), slots)),
    planOf: overrides.planOf ?? planOf,
    sources,
    folders,
    log: logger,
    meter,
    pauseMs: overrides.pauseMs ?? 1_000,
  });
  consumeVideoUploaded(broker, lifecycle);
  consumeVideoProcessingRequested(broker, lifecycle, worker);
  consumeVideoDeleted(broker, lifecycle, worker);
  // One more than are encoded at a time: what has been encoded is still to be stored.
  consumeTasks(broker, worker, config.concurrency + 1);

  const forgetting = createSweep({
    name: 'deleted videos',
    everySeconds: 3_600,
    work: () => processings.forgetDeleted(new Date(Date.now() - deletedDays * 86_400_000)),
    logger,
  });
  const resuming = createSweep({
    name: 'stalled processings',
    everySeconds: config.stalledSeconds / 4,
    work: () => lifecycle.resume(new Date(Date.now() - config.stalledSeconds * 1_000)),
    logger,
  });
  const clients: Resource = {
    name: 'connections to neighbours',
    start: async () => {},
    check: async () => {},
    async stop() {
      storageJson.close();
      await storageBytes.close();
    },
  };
  // A task may take minutes: it is ended at once, and its message goes to another worker.
  const tasks: Resource = {
    name: 'tasks in hand',
    start: async () => {},
    check: async () => {},
    quiesce: () => worker.stop(),
    stop: () => worker.stop(),
  };

  return createService({
    name,
    host: config.host,
    port: config.port,
    shutdownSeconds: config.shutdownSeconds,
    logger,
    // Stopped from the last to the first; consumers before tasks, so that no message is tried here again.
    resources: [bufferCollection(), clients, mongo, folders, sources, broker, outbox, tasks, forgetting, resuming],
    app: (health) => createProcessingApp({ logger, metrics, identity, health }),
  });
}
