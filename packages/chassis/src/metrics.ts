import { type RequestHandler, Router } from 'express';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { methodOf, patternOf, route } from './http/route.ts';
import { classOf, histogramIn, requestBuckets, watch } from './metrics/families.ts';
import type { Health } from './service/health.ts';

export { Counter, Histogram, Registry } from 'prom-client';
export { type CacheMeter, meterCache } from './metrics/cache.ts';
export { counterIn, histogramIn, watch } from './metrics/families.ts';
export { meterSlots } from './metrics/slots.ts';

// There is one process, whatever runs in it.
let ofProcess: Registry | undefined;

function processMetrics(): Registry {
  if (ofProcess === undefined) {
    ofProcess = new Registry();
    collectDefaultMetrics({ register: ofProcess });
  }
  return ofProcess;
}

/** GET /metrics: all of `registry`, and how the process is, as Prometheus reads it. Who may ask is a matter of the network. */
export function metricsRouter(registry: Registry): Router {
  const ofAll = processMetrics();
  const router = Router();
  route(router, '/metrics', {
    GET: async (_req, res) => {
      // Written one after the other: a merged registry would not have what is added to one of them later.
      const texts = await Promise.all([ofAll.metrics(), registry.metrics()]);
      res.set('Content-Type', registry.contentType).send(texts.join(''));
    },
  });
  return router;
}

/**
 * Middleware: how long requests take until their answer has ended, by route (its pattern, `other` where no route answers),
 * method and class of the status (`none` when the client left before there was one). Health and metrics are left out, as
 * in the log.
 */
export function measureRequests(registry: Registry): RequestHandler {
  const durations = histogramIn(registry, {
    name: 'http_request_duration_seconds',
    help: 'How long requests took until their answer had ended',
    labelNames: ['route', 'method', 'status'],
    buckets: requestBuckets,
  });
  return (req, res, next) => {
    if (req.path === '/metrics' || req.path.startsWith('/health/')) return next();
    const started = performance.now();
    res.once('close', () => {
      const labels = {
        route: patternOf(req) ?? 'other',
        method: methodOf(req),
        status: classOf(res.headersSent ? res.statusCode : undefined),
      };
      durations.observe(labels, (performance.now() - started) / 1000);
    });
    next();
  };
}

/** What readiness says of each resource, asked whenever someone looks. */
export function measureHealth(registry: Registry, health: Health): void {
  const family = {
    name: 'dependency_up',
    help: 'Whether what the service stands on is usable, as its readiness says: 1 or 0',
    labelNames: ['dependency'],
  };
  watch(registry, family, async () => {
    const { checks } = await health.report();
    return Object.entries(checks).map(([dependency, { ok }]) => ({ labels: { dependency }, value: ok ? 1 : 0 }));
  });
}
