import { createIdentity } from '@flixtube/chassis/identity';
import { createJsonClient } from '@flixtube/chassis/json-client';
import { createLogger, type Logger } from '@flixtube/chassis/logger';
import { createBroker } from '@flixtube/chassis/messaging';
import { Registry } from '@flixtube/chassis/metrics';
import { connectMongo } from '@flixtube/chassis/mongo';
import { createOutbox } from '@flixtube/chassis/outbox';
import { createService, type Health, type Resource, type Service } from '@flixtube/chassis/service';
import { createSweep } from '@flixtube/chassis/sweep';
import { httpVideoCatalogue } from './adapters/http-video-catalogue.ts';
import { type KnownVideoDocument, mongoKnownVideos, prepareKnownVideos } from './adapters/mongo-known-videos.ts';
import {
  mongoWatchings,
  prepareWatchings,
  type ViewerDocument,
  type WatchingDocument,
} from './adapters/mongo-watchings.ts';
import { createHistoryApp } from './app.ts';
import type { Config } from './config.ts';
import { consumePlaybackProgressed } from './consumers/playback-progressed.ts';
import { consumeVideoChanged } from './consumers/video-changed.ts';
import { consumeVideoDeleted } from './consumers/video-deleted.ts';
import { createHistory as createHistoryRules } from './domain/history.ts';

const name = 'history';

export interface Overrides {
  logger?: Logger;
}

/** The service, made of its parts and not started. */
export function createHistory(config: Config, overrides: Overrides = {}): Service {
  const logger = overrides.logger ?? createLogger({ service: name, level: config.logLevel });
  const identity = createIdentity({ secret: config.identitySecret, service: name });
  const metrics = new Registry();
  const mongo = connectMongo({ url: config.mongodbUrl, database: config.mongodbDatabase, logger, metrics });
  const broker = createBroker({ url: config.rabbitmqUrl, service: name, logger, metrics });
  const metadata = createJsonClient({ baseUrl: config.metadataUrl, identity, name: 'metadata', metrics });
  const watchings = mongo.db.collection<WatchingDocument>('watchings');
  const videos = mongo.db.collection<KnownVideoDocument>('videos');
  const viewers = mongo.db.collection<ViewerDocument>('viewers');
  const outbox = createOutbox({ collection: watchings, broker, logger, metrics });
  const history = createHistoryRules({
    watchings: mongoWatchings({ watchings, viewers, outbox }),
    videos: mongoKnownVideos(videos),
    catalogue: httpVideoCatalogue(metadata),
  });

  mongo.onReady(() => prepareWatchings({ watchings, viewers }));
  mongo.onReady(() => prepareKnownVideos(videos));
  consumePlaybackProgressed(broker, history);
  consumeVideoChanged(broker, history);
  consumeVideoDeleted(broker, history);
  const forgetRemovals = createSweep({
    name: 'forgetting removals',
    everySeconds: 3600,
    work: () => history.forgetRemovals(),
    logger,
  });
  const clients: Resource = {
    name: 'connections to neighbours',
    start: async () => {},
    check: async () => {},
    stop: async () => metadata.close(),
  };

  return createService({
    name,
    host: config.host,
    port: config.port,
    shutdownSeconds: config.shutdownSeconds,
    logger,
    resources: [clients, mongo, broker, outbox, forgetRemovals],
    app: (health: Health) => createHistoryApp({ logger, metrics, identity, health, history }),
  });
}
