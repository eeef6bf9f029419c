import { createApp } from '@flixtube/chassis/http';
import type { IdentityVerifier } from '@flixtube/chassis/identity';
import type { Logger } from '@flixtube/chassis/logger';
import type { Health } from '@flixtube/chassis/service';
import { type Express, Router } from 'express';
import type { ObjectStore } from './domain/object-store.ts';
import { deleteObjects } from './routes/delete-objects.ts';
import { getObject } from './routes/get-object.ts';
import { listObjects } from './routes/list-objects.ts';
import { putObjectRoute } from './routes/put-object.ts';

export function createVideoStorageApp(o: {
  logger: Logger;
  identity: IdentityVerifier;
  health: Health;
  store: ObjectStore;
}): Express {
  const router = Router();
  getObject(router, o.store);
  putObjectRoute(router, o.store);
  listObjects(router, o.store);
  deleteObjects(router, o.store);
  return createApp({ logger: o.logger, identity: o.identity, health: o.health, routers: [router] });
}
