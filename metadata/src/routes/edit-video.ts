import { json, parse, route } from '@flixtube/chassis/http';
import { viewerOf } from '@flixtube/chassis/identity';
import { videoParams, videoPatch } from '@flixtube/contracts/http/video';
import type { Router } from 'express';
import type { Catalogue } from '../domain/catalogue.ts';
import { etagOf, expectationOf, type Represent } from './video-representation.ts';

/** PATCH /api/videos/:id: its owner changes title, description or visibility of the version that If-Match names. */
export function editVideo(router: Router, catalogue: Pick<Catalogue, 'edit'>, represent: Represent): void {
  route(router, '/api/videos/:id', {
    PATCH: [
      json(),
      async (req, res) => {
        const viewerId = viewerOf(req);
        const { id } = parse(videoParams, req.params);
        const edit = parse(videoPatch, req.body);
        const video = await catalogue.edit(id, viewerId, edit, expectationOf(req.get('if-match')));
        const body = represent(video, viewerId);
        res.set('ETag', etagOf(video, body)).json(body);
      },
    ],
  });
}
