import { z } from 'zod';
import { videoId } from '../ids.ts';
import { videoSource } from './video-uploaded.ts';

/** Its owner wants a video to be processed again. Published by metadata; the event's id names the new processing. */
export const videoProcessingRequested = {
  type: 'video.processing-requested',
  data: z.object({ videoId, source: videoSource }),
} as const;
export type VideoProcessingRequested = z.infer<typeof videoProcessingRequested.data>;
