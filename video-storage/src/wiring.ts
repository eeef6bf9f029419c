import { createIdentity } from '@flixtube/chassis/identity';
import { createLogger, type Logger } from '@flixtube/chassis/logger';
import { createBroker } from '@flixtube/chassis/messaging';
import { meterCache, meterSlots, Registry } from '@flixtube/chassis/metrics';
import { createService, type Health, type Service } from '@flixtube/chassis/service';
import { azureAddresses } from './adapters/azure-addresses.ts';
import { type AzureOptions, azureBlobs } from './adapters/azure-blobs.ts';
import { azureContainer } from './adapters/azure-container.ts';
import { azureCors } from './adapters/azure-cors.ts';
import { createVideoStorageApp } from './app.ts';
import type { Config } from './config.ts';
import { consumeVideoDeleted } from './consumers/video-deleted.ts';
import { Addresses } from './domain/addresses.ts';
import { BlockBuffers } from './domain/block-buffers.ts';
import { Blocks } from './domain/blocks.ts';
import { Objects } from './domain/objects.ts';
import { Receiver } from './domain/receiver.ts';

const name = 'video-storage';
/** 192 MiB, of the 512 that the service has on Kubernetes. */
const usualBuffers = { blockBytes: 4 * 1024 * 1024, most: 48 };
/** So an upload holds up to three buffers: one being filled and two under way. */
const parallel = 2;
/** Blocks of 50,000 such times make three days, longer than any upload in one piece. */
const openMs = 5_000;

export interface Overrides {
  logger?: Logger;
  azure?: Partial<AzureOptions>;
  blockBuffers?: BlockBuffers;
}

/** The service, made of its parts and not started. */
export function createVideoStorage(config: Config, overrides: Overrides = {}): Service {
  const logger = overrides.logger ?? createLogger({ service: name, level: config.logLevel });
  const identity = createIdentity({ secret: config.identitySecret, service: name });
  const metrics = new Registry();
  const broker = createBroker({ url: config.rabbitmqUrl, service: name, logger, metrics });
  const container = azureContainer({ account: config.azureAccount, name: config.azureContainer });
  const store = azureBlobs(container.client, overrides.azure);
  const buffers = overrides.blockBuffers ?? new BlockBuffers(usualBuffers);
  meterSlots(metrics, {
    what: 'block-buffers',
    used: () => buffers.taken,
    limit: buffers.most,
    waiting: () => buffers.waiting,
  });
  const receiver = new Receiver(store, {
    blocks: { buffers, parallel, openMs },
    onLeftBehind: (key, error) => logger.warn({ err: error, key }, 'staged blocks were left behind'),
  });
  const objects: Objects = new Objects(store, receiver, { onAsked: (known) => meter.asked(known) });
  const meter = meterCache(metrics, { cache: 'objects', entries: () => objects.size });
  const uploadBlocks = new Blocks(store, buffers);
  const addresses = new Addresses(azureAddresses(container.client, config.cdnUrl), {
    lifeSeconds: config.addressSeconds,
  });
  consumeVideoDeleted(broker, objects);

  return createService({
    name,
    host: config.host,
    port: config.port,
    shutdownSeconds: config.shutdownSeconds,
    logger,
    resources: [container.resource, azureCors(container.client, config.viewerOrigins), broker],
    app: (health: Health) =>
      createVideoStorageApp({ logger, metrics, identity, health, objects, blocks: uploadBlocks, addresses }),
  });
}
