import { parse, route } from '@flixtube/chassis/http';
import { viewerOf } from '@flixtube/chassis/identity';
import { historyParams } from '@flixtube/contracts/http/history';
import type { Router } from 'express';
import { z } from 'zod';
import type { History } from '../domain/history.ts';

const noQuery = z.strictObject({});

/** DELETE /api/history and /api/history/:videoId: removes everything, or one video, from this viewer's history. */
export function deleteHistory(router: Router, history: Pick<History, 'remove'>): void {
  route(router, '/api/history', {
    DELETE: async (req, res) => {
      const viewerId = viewerOf(req);
      parse(noQuery, req.query);
      await history.remove(viewerId);
      res.status(204).end();
    },
  });
  route(router, '/api/history/:videoId', {
    DELETE: async (req, res) => {
      const viewerId = viewerOf(req);
      parse(noQuery, req.query);
      const { videoId } = parse(historyParams, req.params);
      await history.remove(viewerId, videoId);
      res.status(204).end();
    },
  });
}
