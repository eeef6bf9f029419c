import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Router } from 'express';
import { loadSettings, settings } from '../../src/config.ts';
import { createApp, route } from '../../src/http.ts';
import { createLogger } from '../../src/logger.ts';
import { createService, type Resource, runService } from '../../src/service.ts';

const [behaviour] = process.argv.slice(2);

/** Holds the process as a connection to a backend would, until it is stopped. */
function connectionLike(): Resource {
  let timer: NodeJS.Timeout;
  return {
    name: 'connection',
    start: async () => {
      timer = setInterval(() => {}, 1_000);
    },
    check: async () => {},
    stop: async () => clearInterval(timer),
  };
}

function routes(): Router {
  const router = Router();
  route(router, '/slow', {
    GET: async (_req, res) => {
      res.write('begun ');
      await sleep(1_500);
      res.end('ended');
    },
  });
  route(router, '/never', { GET: (_req, res) => void res.write('begun') });
  route(router, '/throw-later', {
    GET: (_req, res) => {
      setImmediate(() => {
        throw new Error('thrown out of any request');
      });
      res.end();
    },
  });
  route(router, '/reject-later', {
    GET: (_req, res) => {
      void Promise.reject(new Error('rejected out of any request'));
      res.end();
    },
  });
  return router;
}

await runService(async () => {
  const config = loadSettings(
    { PORT: settings.port(0), IDENTITY_SECRET: settings.secret('signs identities', 32) },
    behaviour === 'no-settings' ? { PORT: 'x' } : { IDENTITY_SECRET: 'x'.repeat(32) },
  );
  let port = config.PORT;
  if (behaviour === 'taken-port') {
    const other = createServer().listen(0, '127.0.0.1').unref();
    await once(other, 'listening');
    port = (other.address() as { port: number }).port;
  }
  if (behaviour === 'bug') throw new TypeError('a mistake of ours');
  const logger = createLogger({ service: 'test', level: 'info' });
  return createService({
    name: 'test',
    host: '127.0.0.1',
    port,
    shutdownSeconds: 20,
    logger,
    resources: [connectionLike()],
    app: (health) => createApp({ logger, health, routers: [routes()] }),
  });
});
