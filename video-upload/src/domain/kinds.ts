import { DomainError } from '@flixtube/chassis/errors';

/** Kinds of files that are taken: media types and ranges in lower case, such as `video/mp4` and `video/*`. */
export type Kinds = readonly string[];

// The subtype as RFC 6838 §4.2 has it.
const kind = /^video\/(?:\*|[a-z0-9][a-z0-9!#$&^_.+-]{0,126})$/;

/** Reads kinds separated by commas, in any case; undefined when one of them is neither `video/*` nor a type of video. */
export function readKinds(text: string): Kinds | undefined {
  const kinds = text.split(',').map((one) => one.trim().toLowerCase());
  return kinds.every((one) => kind.test(one)) ? kinds : undefined;
}

/** Whether a media type is among `kinds`, whatever its case and its parameters (RFC 9110 §8.3.1). */
export function isAmong(kinds: Kinds, mediaType: string): boolean {
  const type = (mediaType.split(';', 1)[0] ?? '').trim().toLowerCase();
  return kind.test(type) && type !== 'video/*' && (kinds.includes('video/*') || kinds.includes(type));
}

/** The refusal of a file of another kind. @param path what told it: a header, a key of Upload-Metadata or `body` */
export function otherKind(kinds: Kinds, path: string, cause?: unknown): DomainError {
  const taken = kinds.includes('video/*') ? 'video/mp4, video/webm or another video type' : kinds.join(' or ');
  return new DomainError('unsupported-type', `The file must be ${taken}.`, {
    cause,
    errors: [{ path, message: `must be ${taken}` }],
  });
}
