import { z } from 'zod';
import { sessionId } from '../ids.ts';
import { seconds } from '../time.ts';

/** Body of `POST /api/videos/:id/progress`: what a player tells every few seconds, and when it stops. */
export const progress = z
  .object({
    sessionId,
    positionSeconds: seconds.describe('Where the player is'),
    watchedSeconds: seconds.describe('How much was watched since the playback session began, all in all'),
    durationSeconds: seconds.positive().optional().describe("The video's length, where the player knows it"),
  })
  .meta({ id: 'Progress' });
export type Progress = z.infer<typeof progress>;
