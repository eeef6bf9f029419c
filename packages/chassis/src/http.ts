import express, { type Express, type Request, type Router } from 'express';
import helmet, { type HelmetOptions } from 'helmet';
import { logAccess } from './http/access-log.ts';
import { closeAfterEarlyAnswer } from './http/early-answer.ts';
import { answerErrors } from './http/errors.ts';
import { checkPath } from './http/path.ts';
import { checkQuery, parseQuery } from './http/query.ts';
import { allowedMethodsOf, answerAllowedMethods, answerUnmatched } from './http/route.ts';
import { endSlowBodies } from './http/slow-body.ts';
import { traceRequests } from './http/trace-requests.ts';
import { type IdentityVerifier, identify } from './identity.ts';
import type { Logger } from './logger.ts';
import { measureHealth, measureRequests, metricsRouter, Registry } from './metrics.ts';
import { type Health, healthRouter } from './service/health.ts';

export { json } from './http/json-body.ts';
export { parse } from './http/parse.ts';
export { type Problem, problemOf, sendProblem } from './http/problem.ts';
export { readBody } from './http/request-body.ts';
export { route } from './http/route.ts';

export interface AppOptions {
  logger: Logger;
  /** Verifies who calls; left out only at the public door, which finds that out for all others. */
  identity?: IdentityVerifier;
  /** What createService gives to `app`; serves /health/live and /health/ready. */
  health?: Health;
  routers: readonly Router[];
  /** Where everything of this service is counted. */
  metrics?: Registry;
  /** Whether GET /metrics is answered here; not at a public door (metrics-server.ts). Default true. */
  showsMetrics?: boolean;
  /** Requests that many come of and that say little, such as for segments: one in a hundred of their traces is recorded. */
  isPlentiful?(req: Request): boolean;
  /**
   * Seconds within which a sender must make progress with a request's body while we are reading it (at least 1 KiB);
   * else it gets 408. Default 30.
   */
  bodyIdleSeconds?: number;
}

/** What helps where JSON and bytes are answered; what concerns documents is for the door that serves them. */
const forApis: HelmetOptions = {
  contentSecurityPolicy: false,
  crossOriginOpenerPolicy: false,
  originAgentCluster: false,
  strictTransportSecurity: false,
  xDnsPrefetchControl: false,
  xDownloadOptions: false,
  xPermittedCrossDomainPolicies: false,
  xXssProtection: false,
};

/**
 * An Express app as every service has it: traces, access log, metrics, API headers, health, who calls, then `routers`, then 405,
 * 404 and every error as problem+json.
 */
export function createApp(options: AppOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag'); // a validator is a promise that the route makes, not one guessed from a body's bytes
  app.set('query parser', parseQuery);

  const health = options.health === undefined ? [] : [healthRouter(options.health)];
  const registry = options.metrics ?? new Registry();
  const own = [...health, ...(options.showsMetrics === false ? [] : [metricsRouter(registry)])];
  if (options.health !== undefined) measureHealth(registry, options.health);
  const allowed = allowedMethodsOf([...own, ...options.routers]);

  app.use(traceRequests(options.isPlentiful ?? (() => false)));
  app.use(logAccess(options.logger));
  app.use(measureRequests(registry));
  app.use(closeAfterEarlyAnswer());
  app.use(endSlowBodies((options.bodyIdleSeconds ?? 30) * 1000));
  app.use(helmet(forApis));
  app.use((_req, res, next) => {
    res.setHeader('Cache-Control', 'no-store');
    next();
  });
  app.use(checkPath(), checkQuery());
  for (const router of own) app.use(router);
  if (options.identity !== undefined) app.use(identify(options.identity));
  app.use(answerAllowedMethods(allowed));
  for (const router of options.routers) app.use(router);
  app.use(answerUnmatched(allowed));
  app.use(answerErrors(options.logger));
  return app;
}
