import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { createIdentity } from '@flixtube/chassis/identity';
import { createLogger, type Logger } from '@flixtube/chassis/logger';
import { meterCache, Registry } from '@flixtube/chassis/metrics';
import { createMetricsServer } from '@flixtube/chassis/metrics-server';
import { createService, type Health, type Service } from '@flixtube/chassis/service';
import { LRUCache } from 'lru-cache';
import { createFolderFiles } from './adapters/folder-files.ts';
import { createSignedViewers } from './adapters/signed-viewers.ts';
import { createNeighbours } from './adapters/undici-neighbours.ts';
import { createGatewayApp } from './app.ts';
import type { Config } from './config.ts';
import type { Neighbours } from './domain/neighbours.ts';
import { createClientOf } from './middleware/client.ts';
import { createRecogniseViewer } from './middleware/viewer.ts';

const require = createRequire(import.meta.url);

export interface Overrides {
  logger?: Logger;
}

/** Tokens last for 60 s; one that is handed out has at least half of that before it. */
const tokenCacheMs = 30_000;

/** The gateway, not listening yet. */
export function createGateway(config: Config, overrides: Overrides = {}): Service {
  const logger = overrides.logger ?? createLogger({ service: 'gateway', level: config.logLevel });
  const identity = createIdentity({ secret: config.identitySecret, service: 'gateway' });
  const metrics = new Registry();
  const clientOf = createClientOf(config.trustedProxies);
  const viewers = createSignedViewers({ secret: config.cookieSecret });
  const tokens = new LRUCache<string, Promise<string>>({ max: 10_000, ttl: tokenCacheMs });
  const tokenMeter = meterCache(metrics, { cache: 'identity-tokens', entries: () => tokens.size });
  const neighbours = createNeighbours({
    urls: config.neighbours,
    logger,
    metrics,
    answerSeconds: config.answerSeconds,
    stallSeconds: config.stallSeconds,
    streamsMax: config.streamsMax,
  });

  async function tokenFor(viewerId: string): Promise<string> {
    const kept = tokens.get(viewerId);
    tokenMeter.asked(kept !== undefined);
    const token = kept ?? identity.issue({ kind: 'viewer', id: viewerId });
    tokens.set(viewerId, token, { noUpdateTTL: true });
    return token;
  }

  const { host, metricsPort } = config;
  const served = metricsPort === 0 ? [] : [createMetricsServer({ registry: metrics, host, port: metricsPort, logger })];

  return createService({
    name: 'gateway',
    door: config.cookieSecret,
    host: config.host,
    port: config.port,
    shutdownSeconds: config.shutdownSeconds,
    logger,
    resources: [neighbours, ...served],
    app: (health: Health) =>
      createGatewayApp({
        logger,
        metrics,
        health: withNeighbours(health, neighbours),
        clientOf,
        recogniseViewer: createRecogniseViewer(viewers, clientOf),
        forwarding: {
          neighbours,
          clientOf,
          tokenFor,
          uploadMaxBytes: config.uploadMaxBytes,
          stallSeconds: config.stallSeconds,
        },
        web: createFolderFiles(config.webRoot, { metrics, cache: 'web-files' }),
        deliveryOrigin: config.deliveryOrigin,
        docs: createFolderFiles(config.docsRoot, { metrics, cache: 'docs-files' }),
        swaggerUi: createFolderFiles(dirname(require.resolve('swagger-ui-dist/package.json')), {
          metrics,
          cache: 'docs-page-files',
        }),
      }),
  });
}

/** Says which neighbours are away, and stays ready: one that is must not take everything else with it. */
function withNeighbours(health: Health, neighbours: Neighbours): Health {
  return {
    async report() {
      const { ready, checks } = await health.report();
      const reachable = Object.entries(neighbours.reachable()).map(([name, ok]) => [
        name,
        ok ? { ok } : { ok, detail: 'could not be reached when it was last tried' },
      ]);
      return { ready, checks: { ...checks, ...Object.fromEntries(reachable) } };
    },
  };
}
