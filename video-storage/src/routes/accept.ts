import { z } from 'zod';

// The subtype as RFC 6838 §4.2 has it.
const typeOrRange = /^[a-z]+\/(?:\*|[a-z0-9][a-z0-9!#$&^_.+-]{0,126})$/;

/** Media types and ranges, separated by commas: the file's type must be among them. */
export const accept = z
  .string()
  // Versions before this one said `video/` for `video/*`.
  .transform((text) => text.split(',').map((type) => type.replace(/\/$/, '/*')))
  .refine((types) => types.every((type) => typeOrRange.test(type)), 'must be media types, such as video/* or video/mp4')
  .optional();
