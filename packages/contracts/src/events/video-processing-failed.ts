import { z } from 'zod';
import { videoId } from '../ids.ts';
import { processingId } from '../processing.ts';

/** A video could not be processed, and that will not change by itself. Published by video-processing. */
export const videoProcessingFailed = {
  type: 'video.processing-failed',
  data: z.object({
    videoId,
    processingId,
    kind: z.enum(['unreadable', 'unsupported', 'out-of-space', 'internal']),
    detail: z.string().describe('What happened and what to do, for a person'),
    retriable: z.boolean(),
  }),
} as const;
export type VideoProcessingFailed = z.infer<typeof videoProcessingFailed.data>;
