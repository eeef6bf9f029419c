import { setTimeout as sleep } from 'node:timers/promises';
import type { Express } from 'express';
import type { Secret } from './config.ts';
import type { Logger } from './logger.ts';
import type { Health, HealthReport } from './service/health.ts';
import { createHttpServer, type HttpServer } from './service/http-server.ts';
import { type Resource, superviseResources } from './service/resources.ts';

export type { Health } from './service/health.ts';
export { mostHeaderBytes } from './service/http-server.ts';
export type { Resource } from './service/resources.ts';
export { runService } from './service/run.ts';

export interface Service {
  /** Where it listens, as `http://127.0.0.1:4001`; known once `start()` has resolved. */
  readonly url: string;
  readonly name: string;
  readonly logger: Logger;
  /** At a public door, what chooses whose traces are recorded (tracing.ts). */
  readonly door: Secret | undefined;
  /** Resolves when it listens: alive, and ready as soon as its resources are. Rejects when it cannot listen. */
  start(): Promise<void>;
  /** Resolves when every resource has been started once. */
  started(): Promise<void>;
  /**
   * Ends the work in hand and releases everything; may be called again, with `hasten` to wait no longer. With `drainSeconds`
   * it first works on for so long, and ends each connection with its answer: whoever calls it gets to know in time.
   */
  stop(options?: { hasten?: boolean; drainSeconds?: number }): Promise<void>;
}

/** Express, but for its call signatures, so that the parameter of a function that makes one has a type of its own. */
type App = Pick<Express, keyof Express>;

export interface ServiceOptions {
  name: string;
  host: string;
  /** 0 takes any that is free. */
  port: number;
  /** How long work in hand may take to end at stop(). */
  shutdownSeconds: number;
  logger: Logger;
  /** Started side by side, stopped in reverse order. */
  resources: Resource[];
  /** An app, or what makes one that serves this service's health. */
  app: App | ((health: Health) => Express);
  /** A secret that all replicas share, of a service that strangers call; it chooses whose traces are recorded. */
  door?: Secret;
}

/**
 * A service: an HTTP server and the resources behind it. It listens first, so that it is alive while its backends are
 * not there yet, and each resource is tried until it starts.
 */
export function createService(options: ServiceOptions): Service {
  const { logger } = options;
  const resources = superviseResources(options.resources, logger);
  let server: HttpServer | undefined;
  let starting: Promise<void> | undefined;
  let stopping: Promise<void> | undefined;
  const deadline = new AbortController();

  const health: Health = {
    async report(): Promise<HealthReport> {
      const checks = await resources.check();
      return { ready: stopping === undefined && Object.values(checks).every((check) => check.ok), checks };
    },
  };

  async function start(): Promise<void> {
    const app = makesApp(options.app) ? options.app(health) : (options.app as Express);
    server = await createHttpServer(app, { host: options.host, port: options.port });
    logger.info({ url: server.url }, 'listening');
    if (stopping === undefined) resources.start();
  }

  async function stop(drainSeconds: number): Promise<void> {
    if (server !== undefined && drainSeconds > 0) await drain(server, drainSeconds);
    const begun = performance.now();
    logger.info('stopping');
    await starting?.catch(() => {}); // its own caller hears of it
    const timer = setTimeout(() => deadline.abort(), options.shutdownSeconds * 1000);
    await Promise.all([server?.close(deadline.signal), resources.quiesce(deadline.signal)]);
    await resources.stop(deadline.signal);
    clearTimeout(timer);
    logger.info({ ms: Math.round(performance.now() - begun) }, 'stopped');
  }

  async function drain(listening: HttpServer, seconds: number): Promise<void> {
    logger.info({ seconds }, 'draining');
    listening.drain();
    await sleep(seconds * 1_000, undefined, { signal: deadline.signal }).catch(() => {});
  }

  return {
    name: options.name,
    logger,
    door: options.door,

    get url() {
      if (server === undefined) throw new Error(`${options.name} does not listen yet: start() it first`);
      return server.url;
    },

    start() {
      starting ??= start();
      return starting;
    },

    started: () => resources.started(),

    stop({ hasten = false, drainSeconds = 0 } = {}) {
      stopping ??= stop(drainSeconds);
      if (hasten) deadline.abort();
      return stopping;
    },
  };
}

function makesApp(app: ServiceOptions['app']): app is (health: Health) => Express {
  return !('handle' in app);
}
