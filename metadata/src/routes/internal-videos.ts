import { parse, route } from '@flixtube/chassis/http';
import { requireService } from '@flixtube/chassis/identity';
import {
  type InternalVideo,
  type InternalVideos,
  internalVideo,
  internalVideosQuery,
} from '@flixtube/contracts/http/internal';
import { videoParams } from '@flixtube/contracts/http/video';
import type { Router } from 'express';
import { shownCaptions } from '../domain/captions.ts';
import type { Catalogue } from '../domain/catalogue.ts';
import type { Represent } from './video-representation.ts';

/** GET /internal/videos/:id: what it takes to decide who may watch a video, and to find its bytes. */
export function getVideoForService(router: Router, catalogue: Pick<Catalogue, 'getForService'>): void {
  route(router, '/internal/videos/:id', {
    GET: [
      requireService(),
      async (req, res) => {
        const { id } = parse(videoParams, req.params);
        // Picked by the contract, so that nothing else of the video gets out.
        const video = await catalogue.getForService(id);
        const answer: InternalVideo = internalVideo.parse({
          ...video,
          manifest: video.manifest?.key ?? null,
          captions: shownCaptions(video),
        });
        res.json(answer);
      },
    ],
  });
}

/** GET /internal/videos?ids=&viewerId=: those of the ids that the viewer may see, in that order. */
export function getVideosForViewer(
  router: Router,
  catalogue: Pick<Catalogue, 'visibleAmong'>,
  represent: Represent,
): void {
  route(router, '/internal/videos', {
    GET: [
      requireService(),
      async (req, res) => {
        const { ids, viewerId } = parse(internalVideosQuery, req.query);
        const videos = await catalogue.visibleAmong(ids, viewerId);
        const answer: InternalVideos = { items: videos.map((video) => represent(video, viewerId)) };
        res.json(answer);
      },
    ],
  });
}
