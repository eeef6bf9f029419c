import { createApp } from '@flixtube/chassis/http';
import type { IdentityVerifier } from '@flixtube/chassis/identity';
import type { Logger } from '@flixtube/chassis/logger';
import type { Registry } from '@flixtube/chassis/metrics';
import type { Health } from '@flixtube/chassis/service';
import type { Express } from 'express';

/** video-processing's HTTP entry points: health and metrics alone, since all its work comes by messages. */
export function createProcessingApp(o: {
  logger: Logger;
  metrics: Registry;
  identity: IdentityVerifier;
  health: Health;
}): Express {
  return createApp({ ...o, routers: [] });
}
