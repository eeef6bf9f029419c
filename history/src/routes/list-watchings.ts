import { decodeCursor, encodeCursor } from '@flixtube/chassis/cursor';
import { parse } from '@flixtube/chassis/http';
import { viewerOf } from '@flixtube/chassis/identity';
import { type HistoryList, historyQuery } from '@flixtube/contracts/http/history';
import { videoId } from '@flixtube/contracts/ids';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import type { History } from '../domain/history.ts';
import type { Selection } from '../domain/watching-repository.ts';

const position = z.strictObject({ watchedAt: z.int().min(0).max(8.64e15), videoId });

/** Answers a page of the caller's own watchings. */
export function listWatchings(history: Pick<History, 'list'>, selection: Selection): RequestHandler {
  return async (req, res) => {
    const viewerId = viewerOf(req);
    const { limit, cursor } = parse(historyQuery, req.query);
    const list = JSON.stringify(['watchings', selection, viewerId]);
    const after = cursor === undefined ? undefined : decodeCursor(list, position, cursor);
    const { items, next } = await history.list({ viewerId, selection, after, limit });
    const answer: HistoryList = { items, nextCursor: next === undefined ? null : encodeCursor(list, next) };
    res.json(answer);
  };
}
