import { decodeCursor, encodeCursor } from '@flixtube/chassis/cursor';
import { parse, route } from '@flixtube/chassis/http';
import { viewerOf } from '@flixtube/chassis/identity';
import { type VideoList, type VideoListQuery, videoListQuery } from '@flixtube/contracts/http/video-list';
import type { Router } from 'express';
import { z } from 'zod';
import type { Catalogue } from '../domain/catalogue.ts';
import { queryTermsOf } from '../domain/folding.ts';
import type { Represent } from './video-representation.ts';

// Milliseconds for the newest, which a Date must be able to hold.
const keys = { newest: z.int().min(0).max(8.64e15), popular: z.number().min(0), trending: z.number().min(0) } as const;

/** GET /api/videos: the public catalogue, or what a query finds in it. */
export function listVideos(router: Router, catalogue: Pick<Catalogue, 'list'>, represent: Represent): void {
  route(router, '/api/videos', {
    GET: async (req, res) => {
      const viewerId = viewerOf(req);
      const { query, sort, limit, cursor } = parse(videoListQuery, req.query);
      const list = nameOf(sort, query);
      const position = z.strictObject({ key: keys[sort], id: z.uuid(), span: z.number().min(0) });
      const after = cursor === undefined ? undefined : decodeCursor(list, position, cursor);
      const page = await catalogue.list({ query, sort, limit, after });
      const answer: VideoList = {
        items: page.videos.map((video) => represent(video, viewerId)),
        nextCursor: page.next === undefined ? null : encodeCursor(list, page.next),
      };
      res.json(answer);
    },
  });
}

/** Queries that find the same share their cursors: "Rain" and "rain ". */
function nameOf(sort: VideoListQuery['sort'], query: string | undefined): string {
  return JSON.stringify(['videos', sort, queryTermsOf(query) ?? null]);
}
