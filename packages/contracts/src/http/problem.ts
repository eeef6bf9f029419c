import { z } from 'zod';

/** Every error of every service (RFC 9457), as `application/problem+json`. */
export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string().describe('What happened and what to do, for a person'),
    instance: z.string(),
    traceId: z.string(),
    errors: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .optional()
      .describe('Which input was wrong, and how'),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof problem>;
