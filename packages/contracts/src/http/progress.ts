import { z } from 'zod';
import { sessionId } from '../ids.ts';
import { seconds } from '../time.ts';

/** How often something happened in a playback session. */
const count = z.int().min(0).max(10_000);

/** Body of `POST /api/videos/:id/progress`: what a player tells every few seconds, and when it stops. */
export const progress = z
  .object({
    sessionId,
    positionSeconds: seconds.describe('Where the player is'),
    watchedSeconds: seconds.describe('How much was watched since the playback session began, all in all'),
    startupSeconds: seconds.optional().describe('How long the viewer waited for the first picture'),
    stalls: count.optional().describe('How often the player ran out of bytes while it played'),
    stalledSeconds: seconds.optional().describe('How long the viewer waited in those, all in all'),
    errors: count.optional().describe('How often what was played broke'),
    durationSeconds: seconds.positive().optional().describe("The video's length, where the player knows it"),
  })
  .meta({ id: 'Progress' });
export type Progress = z.infer<typeof progress>;
