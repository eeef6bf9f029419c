import { createByteClient } from '@flixtube/chassis/byte-client';
import { createIdentity } from '@flixtube/chassis/identity';
import { createJsonClient } from '@flixtube/chassis/json-client';
import { createLogger, type Logger } from '@flixtube/chassis/logger';
import { createBroker } from '@flixtube/chassis/messaging';
import { meterCache, Registry } from '@flixtube/chassis/metrics';
import { createService, type Health, type Resource, type Service } from '@flixtube/chassis/service';
import { eventPlaybackReports } from './adapters/event-playback-reports.ts';
import { httpCaptionCatalogue, httpCaptionStore } from './adapters/http-captions.ts';
import { httpDelivery } from './adapters/http-delivery.ts';
import { httpStoredFiles } from './adapters/http-stored-files.ts';
import { httpVideoBytes } from './adapters/http-video-bytes.ts';
import { httpVideoCatalogue } from './adapters/http-video-catalogue.ts';
import { prometheusQuality } from './adapters/prometheus-quality.ts';
import { createVideoStreamingApp } from './app.ts';
import type { Config } from './config.ts';
import { hearVideoChanged } from './consumers/video-changed.ts';
import { hearVideoDeleted } from './consumers/video-deleted.ts';
import { createCaptions } from './domain/captions.ts';
import { PlayableVideos } from './domain/playable-videos.ts';
import { PlaybackQuality } from './domain/playback-quality.ts';

const name = 'video-streaming';
/** A viewer waits for it, and what was known a while ago may serve instead. */
const catalogueTimeoutMs = 2_000;

export interface Overrides {
  logger?: Logger;
}

/** The service, made of its parts and not started. */
export function createVideoStreaming(config: Config, overrides: Overrides = {}): Service {
  const logger = overrides.logger ?? createLogger({ service: name, level: config.logLevel });
  const identity = createIdentity({ secret: config.identitySecret, service: name });
  const metrics = new Registry();
  const broker = createBroker({ url: config.rabbitmqUrl, service: name, logger, metrics });
  const metadata = createJsonClient({
    baseUrl: config.metadataUrl,
    identity,
    name: 'metadata',
    timeoutMs: catalogueTimeoutMs,
    metrics,
  });
  const storage = createByteClient({ baseUrl: config.videoStorageUrl, identity, name: 'video-storage', metrics });
  const videos = new PlayableVideos({
    catalogue: httpVideoCatalogue(metadata),
    hearsChanges: () => broker.isConnected(),
    onAsked: (known) => videosMeter.asked(known),
  });
  const videosMeter = meterCache(metrics, { cache: 'playable-videos', entries: () => videos.size });
  const objects = createJsonClient({ baseUrl: config.videoStorageUrl, identity, name: 'video-storage', metrics });
  const captions = createCaptions({
    videos,
    store: httpCaptionStore(storage, objects),
    catalogue: httpCaptionCatalogue(metadata),
    leftBehind: (error) => logger.warn({ err: error }, 'captions that nobody uses were left in the store'),
  });
  const bytes = httpVideoBytes(storage);
  const files = httpStoredFiles(storage, metrics);
  const delivery = config.streamDelivery === 'redirect' ? httpDelivery(objects) : undefined;
  const reports = eventPlaybackReports(broker);
  const quality = new PlaybackQuality({ counters: prometheusQuality(metrics) });
  hearVideoChanged(broker, videos);
  hearVideoDeleted(broker, videos);

  const clients: Resource = {
    name: 'connections to neighbours',
    start: async () => {},
    check: async () => {},
    stop: async () => {
      metadata.close();
      objects.close();
      await storage.close();
    },
  };

  return createService({
    name,
    host: config.host,
    port: config.port,
    shutdownSeconds: config.shutdownSeconds,
    logger,
    resources: [clients, broker],
    app: (health: Health) =>
      createVideoStreamingApp({
        logger,
        identity,
        health,
        videos,
        bytes,
        files,
        captions,
        reports,
        quality,
        metrics,
        delivery,
      }),
  });
}
