import { z } from 'zod';
import { videoId } from '../ids.ts';
import { processingId } from '../processing.ts';

/** More of a video has been processed. Published by video-processing. */
export const videoProcessingProgressed = {
  type: 'video.processing-progressed',
  data: z.object({
    videoId,
    processingId,
    fraction: z.number().min(0).max(1).describe('How much of the work is done'),
    playable: z.boolean().describe('The HLS playlist can already be played'),
    manifest: z.string().min(1).nullable().default(null).describe('Where video-storage keeps the newest HLS manifest'),
  }),
} as const;
export type VideoProcessingProgressed = z.infer<typeof videoProcessingProgressed.data>;
