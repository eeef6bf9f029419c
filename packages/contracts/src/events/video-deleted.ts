import { z } from 'zod';
import { videoId, viewerId } from '../ids.ts';

/** A video is gone from the catalogue: everyone who keeps something of it lets it go. Published by metadata. */
export const videoDeleted = {
  type: 'video.deleted',
  data: z.object({ videoId, ownerId: viewerId }),
} as const;
export type VideoDeleted = z.infer<typeof videoDeleted.data>;
