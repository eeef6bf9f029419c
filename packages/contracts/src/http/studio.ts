import { z } from 'zod';
import { cursor, limit } from './page.ts';

/** Query of `GET /api/studio/videos`, which answers a VideoList. */
export const studioQuery = z.strictObject({ limit, cursor });
