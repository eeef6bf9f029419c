import { z } from 'zod';

/** A video's id: UUIDv7 (RFC 9562 §5.7), so ids sort by the time they were made. */
export const videoId = z.uuidv7('must be a UUIDv7, as in the links of this API').meta({
  id: 'VideoId',
  description: "A video's id",
  example: '0199b1f2-8c3a-7d44-9a51-3f0f6c6a1b2e',
});

/** Whose history, uploads and progress these are: the id in the signed viewer cookie. */
export const viewerId = z
  .uuidv7('must be a UUIDv7')
  .meta({ id: 'ViewerId', description: 'The visitor behind a viewer cookie' });

/** One sitting in front of one video, named by the player. */
export const sessionId = z
  .string()
  .regex(/^[A-Za-z0-9_-]{8,64}$/, 'must be 8 to 64 letters, digits, - or _, for example a UUID')
  .meta({
    id: 'SessionId',
    description: 'One playback session, named by the player',
    example: 'f81d4fae-7dec-41d0-a765-00a0c91e6bf6',
  });
