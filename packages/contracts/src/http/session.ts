import { z } from 'zod';
import { viewerId } from '../ids.ts';

/** Answer of `GET /api/session`: who is calling. */
export const session = z
  .object({
    viewerId,
    user: z.object({ id: z.string(), name: z.string(), email: z.string(), role: z.string() }).nullable(),
  })
  .meta({ id: 'Session' });
export type Session = z.infer<typeof session>;
