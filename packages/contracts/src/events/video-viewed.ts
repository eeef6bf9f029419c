import { z } from 'zod';
import { sessionId, videoId, viewerId } from '../ids.ts';

/** A view that counts, once: a viewer watched 10 s of a video, or half of a shorter one. Published by history. */
export const videoViewed = {
  type: 'video.viewed',
  data: z.object({ videoId, viewerId, sessionId }),
} as const;
export type VideoViewed = z.infer<typeof videoViewed.data>;
