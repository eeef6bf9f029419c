import { z } from 'zod';
import { videoId } from '../ids.ts';
import { instant } from '../time.ts';
import { caption } from './captions.ts';
import { description, title, visibility } from './video-fields.ts';

const link = z.string().describe('A path on this server');

/** Why a video could not be processed, for a person. */
export const failure = z.object({ kind: z.string(), detail: z.string(), retriable: z.boolean() });

/** A video as everyone sees it; what isn't known yet is null. */
export const video = z
  .object({
    id: videoId,
    title: z.string(),
    description: z.string(),
    visibility,
    status: z.enum(['processing', 'ready', 'failed']),
    failure: failure.nullable(),
    progress: z.number().min(0).max(1).describe('How much of the processing is done'),
    createdAt: instant,
    durationSeconds: z.number().min(0).nullable(),
    width: z.int().positive().nullable().describe('In pixels, as displayed'),
    height: z.int().positive().nullable().describe('In pixels, as displayed'),
    sizeBytes: z.int().min(0),
    contentType: z.string().describe('Of the file as uploaded'),
    viewCount: z.int().min(0),
    owner: z.object({ id: z.string(), name: z.string() }).nullable(),
    links: z.object({
      file: link,
      hls: link.nullable(),
      poster: link.nullable(),
      storyboard: link.nullable(),
      captions: z.array(caption),
      chapters: link.nullable(),
    }),
  })
  .meta({ id: 'Video' });
export type Video = z.infer<typeof video>;

/** Query of `POST /api/videos`, whose body is the file. */
export const uploadQuery = z.strictObject({ title, description: description.default('') });
export type UploadQuery = z.infer<typeof uploadQuery>;

/** Body of `PATCH /api/videos/:id`: at least one of them. */
export const videoPatch = z
  .strictObject({ title: title.optional(), description: description.optional(), visibility: visibility.optional() })
  .refine((patch) => Object.keys(patch).length > 0, 'must change title, description or visibility')
  .meta({ id: 'VideoPatch' });
export type VideoPatch = z.infer<typeof videoPatch>;

/** Parameters of a path with a video in it. */
export const videoParams = z.strictObject({ id: videoId });
