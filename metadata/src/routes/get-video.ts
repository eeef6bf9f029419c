import { DomainError } from '@flixtube/chassis/errors';
import { parse, route } from '@flixtube/chassis/http';
import { viewerOf } from '@flixtube/chassis/identity';
import { evaluatePreconditions } from '@flixtube/chassis/representation-conditions';
import { videoParams } from '@flixtube/contracts/http/video';
import type { Router } from 'express';
import type { Catalogue } from '../domain/catalogue.ts';
import { etagOf, type Represent } from './video-representation.ts';

/** GET /api/videos/:id, with an ETag for conditional requests and for If-Match of a later PATCH. */
export function getVideo(router: Router, catalogue: Pick<Catalogue, 'get'>, represent: Represent): void {
  route(router, '/api/videos/:id', {
    GET: async (req, res) => {
      const viewerId = viewerOf(req);
      const { id } = parse(videoParams, req.params);
      const video = await catalogue.get(id, viewerId);
      const body = represent(video, viewerId);
      const etag = etagOf(video, body);
      res.set({ ETag: etag, 'Cache-Control': 'private, no-cache' });
      const verdict = evaluatePreconditions(req.headers, { etag, lastModified: undefined });
      if (verdict === 'failed') {
        throw new DomainError('precondition-failed', 'The video is not the one that If-Match names any more.');
      }
      if (verdict === 'not-modified') res.status(304).end();
      else res.json(body);
    },
  });
}
