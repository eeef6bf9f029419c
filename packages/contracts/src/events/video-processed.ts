import { z } from 'zod';
import { captionTrack } from '../caption-track.ts';
import { videoId } from '../ids.ts';
import { processingId } from '../processing.ts';

/** An object in video-storage. */
const picture = z.object({ key: z.string().min(1), contentType: z.string().min(1) });

/** A video is processed to its end. Published by video-processing. */
export const videoProcessed = {
  type: 'video.processed',
  data: z.object({
    videoId,
    processingId,
    durationSeconds: z.number().min(0),
    width: z.int().positive().nullable().describe('In pixels, as displayed; null for sound alone'),
    height: z.int().positive().nullable(),
    renditions: z.array(z.object({ name: z.string(), width: z.int().positive(), height: z.int().positive() })),
    manifest: z.string().min(1).describe('Where video-storage keeps the HLS manifest'),
    poster: picture.nullable(),
    storyboard: z
      .object({ vtt: z.string().min(1), sprites: z.array(z.string().min(1)) })
      .nullable()
      .describe('Keys of the WebVTT and of the pictures that it names, in order'),
    captions: z.array(captionTrack).default([]).describe('The text tracks that the file had, as WebVTT'),
    chapters: z.string().min(1).nullable().default(null).describe('Key of the WebVTT of the chapters that it had'),
  }),
} as const;
export type VideoProcessed = z.infer<typeof videoProcessed.data>;
