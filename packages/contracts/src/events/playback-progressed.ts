import type { z } from 'zod';
import { progress } from '../http/progress.ts';
import { videoId, viewerId } from '../ids.ts';

/** A player got further. Published by video-streaming; the newest of a session makes the others superfluous. */
export const playbackProgressed = {
  type: 'playback.progressed',
  data: progress.extend({ videoId, viewerId }),
} as const;
export type PlaybackProgressed = z.infer<typeof playbackProgressed.data>;
