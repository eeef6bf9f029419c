import { z } from 'zod';
import { captionLanguage } from './http/captions.ts';
import { captionLabel } from './http/video-fields.ts';

/** A text track, and where video-storage keeps it. */
export const captionTrack = z.object({
  language: captionLanguage,
  label: captionLabel,
  key: z.string().min(1).max(512),
});
export type CaptionTrack = z.infer<typeof captionTrack>;
