import { createApp } from '@flixtube/chassis/http';
import type { IdentityVerifier } from '@flixtube/chassis/identity';
import type { Logger } from '@flixtube/chassis/logger';
import type { Registry } from '@flixtube/chassis/metrics';
import type { Health } from '@flixtube/chassis/service';
import { type Express, Router } from 'express';
import type { Catalogue } from './domain/catalogue.ts';
import { announceVideo } from './routes/announce-video.ts';
import { deleteVideo } from './routes/delete-video.ts';
import { editVideo } from './routes/edit-video.ts';
import { getVideo } from './routes/get-video.ts';
import { changeCaptions } from './routes/internal-captions.ts';
import { getVideoForService, getVideosForViewer } from './routes/internal-videos.ts';
import { listOwnVideos } from './routes/list-own-videos.ts';
import { listVideos } from './routes/list-videos.ts';
import { processVideo } from './routes/process-video.ts';

export function createMetadataApp(o: {
  logger: Logger;
  metrics: Registry;
  identity: IdentityVerifier;
  health: Health;
  catalogue: Catalogue;
}): Express {
  const router = Router();
  listVideos(router, o.catalogue);
  listOwnVideos(router, o.catalogue);
  getVideo(router, o.catalogue);
  editVideo(router, o.catalogue);
  deleteVideo(router, o.catalogue);
  processVideo(router, o.catalogue);
  announceVideo(router, o.catalogue);
  getVideoForService(router, o.catalogue);
  getVideosForViewer(router, o.catalogue);
  changeCaptions(router, o.catalogue);
  return createApp({
    logger: o.logger,
    metrics: o.metrics,
    identity: o.identity,
    health: o.health,
    routers: [router],
  });
}
