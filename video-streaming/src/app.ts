import { createApp } from '@flixtube/chassis/http';
import type { IdentityVerifier } from '@flixtube/chassis/identity';
import type { Logger } from '@flixtube/chassis/logger';
import type { Registry } from '@flixtube/chassis/metrics';
import type { Health } from '@flixtube/chassis/service';
import { type Express, Router } from 'express';
import type { Captions } from './domain/captions.ts';
import type { Delivery } from './domain/delivery.ts';
import type { PlayableVideos } from './domain/playable-videos.ts';
import type { PlaybackQuality } from './domain/playback-quality.ts';
import type { PlaybackReports } from './domain/playback-reports.ts';
import type { StoredFiles } from './domain/stored-files.ts';
import type { VideoBytes } from './domain/video-bytes.ts';
import { getFile } from './routes/get-file.ts';
import { getPictures } from './routes/get-pictures.ts';
import { getPlaylist } from './routes/get-playlist.ts';
import { getSegment } from './routes/get-segment.ts';
import { postProgress } from './routes/post-progress.ts';
import { serveTexts } from './routes/texts.ts';

export function createVideoStreamingApp(o: {
  logger: Logger;
  identity: IdentityVerifier;
  health: Health;
  videos: PlayableVideos;
  bytes: VideoBytes;
  files: StoredFiles;
  captions: Captions;
  reports: PlaybackReports;
  quality: PlaybackQuality;
  delivery: Delivery | undefined;
  metrics: Registry;
}): Express {
  const router = Router();
  getFile(router, o);
  getPlaylist(router, o);
  getSegment(router, o);
  getPictures(router, o);
  serveTexts(router, o);
  postProgress(router, o);
  return createApp({
    logger: o.logger,
    identity: o.identity,
    health: o.health,
    routers: [router],
    metrics: o.metrics,
  });
}
