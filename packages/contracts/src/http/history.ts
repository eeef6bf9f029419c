import { z } from 'zod';
import { videoId } from '../ids.ts';
import { instant } from '../time.ts';
import { cursor, limit, pageOf } from './page.ts';
import { video } from './video.ts';

/** What a viewer watched, and where they left it. */
export const historyItem = z
  .object({ video, positionSeconds: z.number().min(0), watchedAt: instant })
  .meta({ id: 'HistoryItem' });
export type HistoryItem = z.infer<typeof historyItem>;

/** Query of `GET /api/history` and `GET /api/continue-watching`. */
export const historyQuery = z.strictObject({ limit, cursor });

/** Parameters of `DELETE /api/history/:videoId`. */
export const historyParams = z.strictObject({ videoId });

export const historyList = pageOf(historyItem).meta({ id: 'HistoryList' });
export type HistoryList = z.infer<typeof historyList>;
