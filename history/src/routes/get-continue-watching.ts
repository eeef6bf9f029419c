import { route } from '@flixtube/chassis/http';
import type { Router } from 'express';
import type { History } from '../domain/history.ts';
import { listWatchings } from './list-watchings.ts';

/** GET /api/continue-watching: what this viewer began and did not finish, the last watched first. */
export function getContinueWatching(router: Router, history: Pick<History, 'list'>): void {
  route(router, '/api/continue-watching', { GET: listWatchings(history, 'unfinished') });
}
