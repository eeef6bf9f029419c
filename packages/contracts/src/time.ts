import { z } from 'zod';

/** A moment: ISO 8601 in UTC with milliseconds. */
export const instant = z.iso
  .datetime()
  .meta({ id: 'Instant', description: 'ISO 8601, UTC', example: '2026-03-01T12:00:00.000Z' });

/** A length of time or a place in a video, in seconds; a video may last at most a week. */
export const seconds = z
  .number()
  .min(0)
  .max(7 * 24 * 3600);
