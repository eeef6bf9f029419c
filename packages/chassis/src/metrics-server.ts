import { DomainError } from './errors.ts';
import { createApp } from './http.ts';
import type { Logger } from './logger.ts';
import type { Registry } from './metrics.ts';
import { createHttpServer, type HttpServer } from './service/http-server.ts';
import type { Resource } from './service.ts';

/** A Resource, with the address where it listens once it has started. */
export interface MetricsServer extends Resource {
  readonly url: string;
}

/**
 * GET /metrics on a port of its own, for a public door: whoever comes through the door does not get there.
 *
 * @param o.port 0 takes any that is free
 */
export function createMetricsServer(o: {
  registry: Registry;
  host: string;
  port: number;
  logger: Logger;
}): MetricsServer {
  const app = createApp({ logger: o.logger, routers: [], metrics: o.registry });
  let server: HttpServer | undefined;
  return {
    name: 'metrics',
    get url() {
      if (server === undefined) throw new Error('Metrics are not served yet: start() it first');
      return server.url;
    },
    async start() {
      server ??= await createHttpServer(app, o);
    },
    async check() {
      if (server === undefined) throw new DomainError('unavailable', 'Metrics are not served yet.');
    },
    // What is being read need not be read to its end.
    stop: async () => server?.close(AbortSignal.abort()),
  };
}
