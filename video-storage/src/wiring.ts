import { createIdentity } from '@flixtube/chassis/identity';
import { createLogger, type Logger } from '@flixtube/chassis/logger';
import { createBroker } from '@flixtube/chassis/messaging';
import { createService, type Health, type Service } from '@flixtube/chassis/service';
import { azureContainer } from './adapters/azure-container.ts';
import { azureObjects } from './adapters/azure-objects.ts';
import { createVideoStorageApp } from './app.ts';
import type { Config } from './config.ts';
import { consumeVideoDeleted } from './consumers/video-deleted.ts';

const name = 'video-storage';

export interface Overrides {
  logger?: Logger;
}

/** The service, made of its parts and not started. */
export function createVideoStorage(config: Config, overrides: Overrides = {}): Service {
  const logger = overrides.logger ?? createLogger({ service: name, level: config.logLevel });
  const identity = createIdentity({ secret: config.identitySecret, service: name });
  const container = azureContainer({ connectionString: config.azureConnectionString, name: config.azureContainer });
  const store = azureObjects(container.client);
  const broker = createBroker({ url: config.rabbitmqUrl, service: name, logger });
  consumeVideoDeleted(broker, store);

  return createService({
    name,
    host: config.host,
    port: config.port,
    shutdownSeconds: config.shutdownSeconds,
    logger,
    resources: [container, broker],
    app: (health: Health) => createVideoStorageApp({ logger, identity, health, store }),
  });
}
