import { route } from '@flixtube/chassis/http';
import type { Router } from 'express';
import type { History } from '../domain/history.ts';
import { listWatchings } from './list-watchings.ts';

/** GET /api/history: all that this viewer watched, the last watched first. */
export function getHistory(router: Router, history: Pick<History, 'list'>): void {
  route(router, '/api/history', { GET: listWatchings(history, 'all') });
}
