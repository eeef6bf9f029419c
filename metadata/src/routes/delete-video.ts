import { parse, route } from '@flixtube/chassis/http';
import { viewerOf } from '@flixtube/chassis/identity';
import { videoParams } from '@flixtube/contracts/http/video';
import type { Router } from 'express';
import type { Catalogue } from '../domain/catalogue.ts';
import { expectationOf } from './video-representation.ts';

/** DELETE /api/videos/:id: its owner removes it, for good. If-Match is honoured, not required. */
export function deleteVideo(router: Router, catalogue: Pick<Catalogue, 'remove'>): void {
  route(router, '/api/videos/:id', {
    DELETE: async (req, res) => {
      const viewerId = viewerOf(req);
      const { id } = parse(videoParams, req.params);
      await catalogue.remove(id, viewerId, expectationOf(req.get('if-match')));
      res.status(204).end();
    },
  });
}
