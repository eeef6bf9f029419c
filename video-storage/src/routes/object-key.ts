import { z } from 'zod';

const segment = /^(?!\.{1,2}$)[A-Za-z0-9._~-]{1,128}$/;
const message =
  'must be names of letters, digits and . _ ~ -, joined by /, 512 characters at most, none of them . or ..';

/** A key as it comes from a path: its segments, decoded one by one, so that a slash in one of them shows. */
export const keyParams = z.strictObject({
  key: z
    .array(z.string().regex(segment, message), message)
    .min(1, message)
    .transform((segments) => segments.join('/'))
    .refine((key) => key.length <= 512, message),
});

/** A prefix that cannot be a slip: at least one whole segment. */
export const prefix = z
  .string()
  .max(512, message)
  .refine(
    (text) =>
      text.endsWith('/') &&
      text
        .slice(0, -1)
        .split('/')
        .every((name) => segment.test(name)),
    'must be names of letters, digits and . _ ~ -, each followed by /',
  );
