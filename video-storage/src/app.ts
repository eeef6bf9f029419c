import { createApp } from '@flixtube/chassis/http';
import type { IdentityVerifier } from '@flixtube/chassis/identity';
import type { Logger } from '@flixtube/chassis/logger';
import type { Health } from '@flixtube/chassis/service';
import { type Express, Router } from 'express';
import type { Objects } from './domain/objects.ts';
import { deleteObjects } from './routes/delete-objects.ts';
import { getObject } from './routes/get-object.ts';
import { listObjects } from './routes/list-objects.ts';
import { putObject } from './routes/put-object.ts';

export function createVideoStorageApp(o: {
  logger: Logger;
  identity: IdentityVerifier;
  health: Health;
  objects: Objects;
}): Express {
  const router = Router();
  getObject(router, o.objects);
  putObject(router, o.objects);
  listObjects(router, o.objects);
  deleteObjects(router, o.objects);
  return createApp({ logger: o.logger, identity: o.identity, health: o.health, routers: [router] });
}
