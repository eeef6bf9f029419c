import { createApp } from '@flixtube/chassis/http';
import type { IdentityVerifier } from '@flixtube/chassis/identity';
import type { Logger } from '@flixtube/chassis/logger';
import type { Registry } from '@flixtube/chassis/metrics';
import type { Health } from '@flixtube/chassis/service';
import { type Express, Router } from 'express';
import type { Addresses } from './domain/addresses.ts';
import type { Blocks } from './domain/blocks.ts';
import type { Objects } from './domain/objects.ts';
import { commitBlocks } from './routes/commit-blocks.ts';
import { deleteObjects } from './routes/delete-objects.ts';
import { getAddress } from './routes/get-address.ts';
import { getObject } from './routes/get-object.ts';
import { listObjects } from './routes/list-objects.ts';
import { putBlock } from './routes/put-block.ts';
import { putObject } from './routes/put-object.ts';

export function createVideoStorageApp(o: {
  logger: Logger;
  metrics: Registry;
  identity: IdentityVerifier;
  health: Health;
  objects: Objects;
  blocks: Blocks;
  addresses: Addresses;
}): Express {
  const router = Router();
  getObject(router, o.objects);
  getAddress(router, o.addresses);
  putObject(router, o.objects);
  listObjects(router, o.objects);
  deleteObjects(router, o.objects);
  putBlock(router, o.blocks);
  commitBlocks(router, o.blocks);
  return createApp({
    logger: o.logger,
    metrics: o.metrics,
    identity: o.identity,
    health: o.health,
    routers: [router],
  });
}
