import { z } from 'zod';
import { visibility } from '../http/video-fields.ts';
import { videoId, viewerId } from '../ids.ts';

/** What others need to know of a video whose catalogue entry changed. Published by metadata. */
export const videoChanged = {
  type: 'video.changed',
  data: z.object({
    videoId,
    ownerId: viewerId,
    title: z.string(),
    visibility,
    durationSeconds: z.number().min(0).nullable().default(null),
  }),
} as const;
export type VideoChanged = z.infer<typeof videoChanged.data>;
