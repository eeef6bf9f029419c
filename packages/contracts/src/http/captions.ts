import { z } from 'zod';
import { videoId } from '../ids.ts';
import { captionLabel } from './video-fields.ts';

const longest = 35;

/** A language tag (BCP 47) in its canonical form, whatever its case was. 35 characters are what RFC 5646 §4.4.1 asks for. */
export const captionLanguage = z
  .string()
  .refine((tag) => canonical(tag) !== undefined, 'must be a language tag (BCP 47), such as en or pt-BR')
  .transform((tag) => canonical(tag) as string);

/** Parameters of `/api/videos/:id/captions/:track`. */
export const captionParams = z.strictObject({
  id: videoId,
  track: z
    .string()
    .regex(/\.vtt$/, 'must be a language tag followed by .vtt, such as en.vtt')
    .transform((name) => name.slice(0, -'.vtt'.length))
    .pipe(captionLanguage),
});

/** Query of `PUT /api/videos/:id/captions/:track`, whose body is the text. */
export const captionQuery = z.strictObject({ label: captionLabel.optional() });

/** A text track as everyone sees it. */
export const caption = z
  .object({ language: z.string(), label: z.string(), url: z.string().describe('A path on this server') })
  .meta({ id: 'Caption' });
export type Caption = z.infer<typeof caption>;

function canonical(tag: string): string | undefined {
  if (!/^[A-Za-z0-9-]+$/.test(tag) || tag.length > longest) return undefined;
  try {
    return Intl.getCanonicalLocales(tag)[0];
  } catch {
    return undefined;
  }
}
