import { z } from 'zod';

export const limit = z.coerce
  .number('must be a whole number')
  .int('must be a whole number')
  .min(1, 'must be from 1 to 100')
  .max(100, 'must be from 1 to 100')
  .default(24)
  .meta({ description: 'How many items at most, 1 to 100', example: 24 });

export const cursor = z
  .string()
  .min(1, 'must not be empty')
  .max(512, 'is not one of ours')
  .optional()
  .meta({ description: 'nextCursor of the page before' });

/** A page of a list; the next one is had with `cursor=nextCursor`, until that is null. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() });
