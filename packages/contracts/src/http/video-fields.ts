import { z } from 'zod';

/** Text that a person wrote: trimmed, without control characters other than tab and line breaks. */
const text = (maxLength: number) =>
  z
    .string()
    .trim()
    .max(maxLength, `must be at most ${maxLength} characters`)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is refused
    .regex(/^[^\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]*$/, 'must not contain control characters');

export const title = text(200)
  .min(1, 'must not be empty')
  .meta({ description: 'What the video is called', example: 'A walk in the rain' });
export const description = text(5000).meta({ description: 'What the video is about', example: 'Filmed in one take.' });
/** What a text track is called in a player's menu. */
export const captionLabel = text(100)
  .min(1, 'must not be empty')
  .meta({ description: 'What it is called in a player', example: 'English' });
export const visibility = z.enum(['public', 'unlisted', 'private']).meta({
  id: 'Visibility',
  description: 'public: listed for all; unlisted: for whoever has the address; private: for its owner',
});
export type Visibility = z.infer<typeof visibility>;
