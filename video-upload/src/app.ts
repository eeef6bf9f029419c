import { createApp, route } from '@flixtube/chassis/http';
import type { IdentityVerifier } from '@flixtube/chassis/identity';
import type { Logger } from '@flixtube/chassis/logger';
import type { Registry } from '@flixtube/chassis/metrics';
import type { Health } from '@flixtube/chassis/service';
import { type Express, Router } from 'express';
import type { Ingest } from './domain/ingest.ts';
import type { Kinds } from './domain/kinds.ts';
import type { Resumables } from './domain/resumable/uploads.ts';
import { postVideo } from './routes/post-video.ts';
import { uploadsRouter } from './routes/tus/uploads-router.ts';

export interface AppOptions {
  logger: Logger;
  metrics: Registry;
  identity: IdentityVerifier;
  health: Health;
  ingest: Ingest;
  resumables: Resumables;
  maxBytes: number;
  kinds: Kinds;
}

/** video-upload's HTTP entry points. */
export function createUploadApp(options: AppOptions): Express {
  const { logger, metrics, identity, health, ingest, resumables, maxBytes, kinds } = options;
  const router = Router();
  route(router, '/api/videos', { POST: postVideo(ingest, maxBytes, kinds) });
  return createApp({
    logger,
    metrics,
    identity,
    health,
    routers: [router, uploadsRouter(resumables, maxBytes, kinds)],
  });
}
