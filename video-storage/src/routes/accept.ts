import { z } from 'zod';

/** What a file's type must begin with. */
export const accept = z
  .string()
  .regex(/^[a-z]+\/[a-z0-9.+-]{0,60}$/, 'must be the beginning of a media type, such as video/')
  .optional();
