import { z } from 'zod';
import { description, title, visibility } from '../http/video-fields.ts';
import { videoId, viewerId } from '../ids.ts';

/** The bytes of a video as they were uploaded, in the object store. */
export const videoSource = z.object({
  key: z.string().min(1).describe('Where video-storage keeps them'),
  contentType: z.string().min(1).describe('Sniffed from the bytes'),
  sizeBytes: z.int().min(0),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .describe('Of all the bytes, in lowercase hexadecimal'),
});
export type VideoSource = z.infer<typeof videoSource>;

/** A video is stored whole and will not be lost any more. Published by video-upload. */
export const videoUploaded = {
  type: 'video.uploaded',
  data: z.object({ videoId, ownerId: viewerId, title, description, visibility, source: videoSource }),
} as const;
export type VideoUploaded = z.infer<typeof videoUploaded.data>;
