import { z } from 'zod';

const MOST_CHARACTERS = 512;
/** One alphabet that every blob store, URL and file system takes as it is; so no dot leads, and `..` cannot be. */
const segment = '[A-Za-z0-9_-][A-Za-z0-9._-]*';
const segmentPattern = new RegExp(`^${segment}$`);
const ownPrefixPattern = new RegExp(`^${segment}/${segment}(?:/${segment})*/$`);
const anyPrefixPattern = new RegExp(`^(?:${segment}/)*(?:${segment})?$`);
const alphabet = 'letters, digits, ".", "_" and "-", and none may begin with "."';

/** Where an object is: `videos/<id>/source`. From the decoded segments of a path, so that a slash within one shows. */
export const objectKey = z
  .array(z.string())
  .refine((segments) => segments.every((one) => segmentPattern.test(one)), `must be segments of ${alphabet}`)
  .transform((segments) => segments.join('/'))
  .pipe(z.string().max(MOST_CHARACTERS, `must have at most ${MOST_CHARACTERS} characters`));

/** What may be removed together: one folder within another, such as `videos/<id>/`, never all there is. */
export const removablePrefix = z
  .string('is required')
  .max(MOST_CHARACTERS, `must have at most ${MOST_CHARACTERS} characters`)
  .regex(ownPrefixPattern, `must name at least two folders and end with "/", such as videos/<id>/; of ${alphabet}`);

/** What a list may be narrowed to. */
export const listedPrefix = z
  .string()
  .max(MOST_CHARACTERS, `must have at most ${MOST_CHARACTERS} characters`)
  .regex(anyPrefixPattern, `must be segments of ${alphabet}`)
  .default('');
