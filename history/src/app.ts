import { createApp } from '@flixtube/chassis/http';
import type { IdentityVerifier } from '@flixtube/chassis/identity';
import type { Logger } from '@flixtube/chassis/logger';
import type { Registry } from '@flixtube/chassis/metrics';
import type { Health } from '@flixtube/chassis/service';
import { type Express, Router } from 'express';
import type { History } from './domain/history.ts';
import { deleteHistory } from './routes/delete-history.ts';
import { getContinueWatching } from './routes/get-continue-watching.ts';
import { getHistory } from './routes/get-history.ts';

export function createHistoryApp(o: {
  logger: Logger;
  metrics: Registry;
  identity: IdentityVerifier;
  health: Health;
  history: History;
}): Express {
  const router = Router();
  getHistory(router, o.history);
  deleteHistory(router, o.history);
  getContinueWatching(router, o.history);
  return createApp({
    logger: o.logger,
    metrics: o.metrics,
    identity: o.identity,
    health: o.health,
    routers: [router],
  });
}
