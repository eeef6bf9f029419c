import { z } from 'zod';
import { cursor, limit, pageOf } from './page.ts';
import { video } from './video.ts';

export const videoSort = z.enum(['newest', 'popular', 'trending']);
export type VideoSort = z.infer<typeof videoSort>;

/** Query of `GET /api/videos`. */
export const videoListQuery = z.strictObject({
  query: z
    .string()
    .max(200, 'must be at most 200 characters')
    .optional()
    .meta({ description: 'Words or their beginnings, in title and description; accents and case are folded' }),
  sort: videoSort.default('newest'),
  limit,
  cursor,
});
export type VideoListQuery = z.infer<typeof videoListQuery>;

export const videoList = pageOf(video).meta({ id: 'VideoList' });
export type VideoList = z.infer<typeof videoList>;
