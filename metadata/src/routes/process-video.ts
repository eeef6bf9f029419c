import { parse, route } from '@flixtube/chassis/http';
import { viewerOf } from '@flixtube/chassis/identity';
import { videoParams } from '@flixtube/contracts/http/video';
import type { Router } from 'express';
import type { Catalogue } from '../domain/catalogue.ts';
import type { Represent } from './video-representation.ts';

/** POST /api/videos/:id/processing: its owner has it processed again; 202. */
export function processVideo(router: Router, catalogue: Pick<Catalogue, 'processAgain'>, represent: Represent): void {
  route(router, '/api/videos/:id/processing', {
    POST: async (req, res) => {
      const viewerId = viewerOf(req);
      const { id } = parse(videoParams, req.params);
      const video = await catalogue.processAgain(id, viewerId);
      res.status(202).location(`/api/videos/${id}`).json(represent(video, viewerId));
    },
  });
}
