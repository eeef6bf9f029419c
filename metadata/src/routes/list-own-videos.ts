import { decodeCursor, encodeCursor } from '@flixtube/chassis/cursor';
import { parse, route } from '@flixtube/chassis/http';
import { viewerOf } from '@flixtube/chassis/identity';
import { studioQuery } from '@flixtube/contracts/http/studio';
import type { VideoList } from '@flixtube/contracts/http/video-list';
import type { Router } from 'express';
import { z } from 'zod';
import type { Catalogue } from '../domain/catalogue.ts';
import type { Represent } from './video-representation.ts';

// In milliseconds, which a Date must be able to hold.
const position = z.strictObject({ createdAt: z.int().min(0).max(8.64e15), id: z.uuid() });

/** GET /api/studio/videos: all that the caller has uploaded, whoever may see it and however its processing went, newest first. */
export function listOwnVideos(router: Router, catalogue: Pick<Catalogue, 'listOwn'>, represent: Represent): void {
  route(router, '/api/studio/videos', {
    GET: async (req, res) => {
      const ownerId = viewerOf(req);
      const { limit, cursor } = parse(studioQuery, req.query);
      // Everyone has a list of their own, so that nobody goes on in another's.
      const list = JSON.stringify(['studio', ownerId]);
      const after = cursor === undefined ? undefined : decodeCursor(list, position, cursor);
      const page = await catalogue.listOwn(ownerId, { after, limit });
      const answer: VideoList = {
        items: page.videos.map((video) => represent(video, ownerId)),
        nextCursor: page.next === undefined ? null : encodeCursor(list, page.next),
      };
      res.json(answer);
    },
  });
}
