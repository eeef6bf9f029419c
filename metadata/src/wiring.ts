import { createIdentity } from '@flixtube/chassis/identity';
import { createLogger, type Logger } from '@flixtube/chassis/logger';
import { createBroker } from '@flixtube/chassis/messaging';
import { Registry } from '@flixtube/chassis/metrics';
import { connectMongo } from '@flixtube/chassis/mongo';
import { createOutbox } from '@flixtube/chassis/outbox';
import { createService, type Health, type Service } from '@flixtube/chassis/service';
import { createSweep } from '@flixtube/chassis/sweep';
import { mongoVideos, prepareVideos } from './adapters/mongo-videos.ts';
import type { VideoDocument } from './adapters/video-document.ts';
import { createMetadataApp } from './app.ts';
import type { Config } from './config.ts';
import { consumeVideoProcessed } from './consumers/video-processed.ts';
import { consumeVideoProcessingFailed } from './consumers/video-processing-failed.ts';
import { consumeVideoProcessingProgressed } from './consumers/video-processing-progressed.ts';
import { consumeVideoUploaded } from './consumers/video-uploaded.ts';
import { consumeVideoViewed } from './consumers/video-viewed.ts';
import { createCatalogue } from './domain/catalogue.ts';

const name = 'metadata';

export interface Overrides {
  logger?: Logger;
}

/** The service, made of its parts and not started. */
export function createMetadata(config: Config, overrides: Overrides = {}): Service {
  const logger = overrides.logger ?? createLogger({ service: name, level: config.logLevel });
  const identity = createIdentity({ secret: config.identitySecret, service: name });
  const metrics = new Registry();
  const mongo = connectMongo({ url: config.mongodbUrl, database: config.mongodbDatabase, logger, metrics });
  const broker = createBroker({ url: config.rabbitmqUrl, service: name, logger, metrics });
  const collection = mongo.db.collection<VideoDocument>('videos');
  const outbox = createOutbox({ collection, broker, logger, metrics });
  const catalogue = createCatalogue({ videos: mongoVideos({ collection, outbox }) });

  mongo.onReady(() => prepareVideos(collection));
  consumeVideoUploaded(broker, catalogue);
  consumeVideoProcessingProgressed(broker, catalogue);
  consumeVideoProcessed(broker, catalogue);
  consumeVideoProcessingFailed(broker, catalogue);
  consumeVideoViewed(broker, catalogue);
  const forgetRemoved = createSweep({
    name: 'forgetting removed videos',
    everySeconds: 3600,
    work: () => catalogue.forgetRemoved(),
    logger,
  });

  return createService({
    name,
    host: config.host,
    port: config.port,
    shutdownSeconds: config.shutdownSeconds,
    logger,
    resources: [mongo, broker, outbox, forgetRemoved],
    app: (health: Health) => createMetadataApp({ logger, metrics, identity, health, catalogue }),
  });
}
