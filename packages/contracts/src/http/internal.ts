import { z } from 'zod';
import { captionTrack } from '../caption-track.ts';
import { videoSource, videoUploaded } from '../events/video-uploaded.ts';
import { videoId, viewerId } from '../ids.ts';
import { instant } from '../time.ts';
import { video } from './video.ts';
import { captionLabel, visibility } from './video-fields.ts';

/** Body of metadata's `PUT /internal/videos/:id`, by which a fresh upload can be read at once. */
export const announcedVideo = videoUploaded.data.extend({ createdAt: instant });
export type AnnouncedVideo = z.infer<typeof announcedVideo>;

/** Body of metadata's `PUT /internal/videos/:id/captions/:language`, which the owner of the video asks for. */
export const internalCaption = z.object({ viewerId, label: captionLabel, key: captionTrack.shape.key });

/** Answer of metadata's PUT and DELETE on a track. */
export const replacedCaption = z.object({
  replaced: z
    .string()
    .nullable()
    .describe('The object that nothing names any more; null also over a track of the file'),
  isNew: z.boolean().default(false).describe('There was no track in this language'),
});
export type ReplacedCaption = z.infer<typeof replacedCaption>;

/** Answer of metadata's `GET /internal/videos/:id`: what it takes to decide who may watch, and to find the bytes. */
export const internalVideo = z.object({
  id: videoId,
  ownerId: viewerId,
  visibility,
  durationSeconds: z.number().min(0).nullable(),
  source: videoSource,
  manifest: z
    .string()
    .nullable()
    .default(null)
    .describe('Key of the newest HLS manifest, once something can be played'),
  poster: z.object({ key: z.string(), contentType: z.string() }).nullable().default(null),
  storyboard: z
    .object({ vtt: z.string(), sprites: z.array(z.string()) })
    .nullable()
    .default(null),
  captions: z.array(captionTrack).default([]).describe('The owner’s, and those of the file'),
  chapters: z.string().nullable().default(null).describe('Key of the WebVTT of the chapters'),
});
export type InternalVideo = z.infer<typeof internalVideo>;

/** Query of metadata's `GET /internal/videos`: those of `ids` that the viewer may see. */
export const internalVideosQuery = z.strictObject({
  ids: z
    .string()
    .transform((ids) => ids.split(','))
    .pipe(z.array(videoId).min(1).max(100)),
  viewerId,
});
export const internalVideos = z.object({ items: z.array(video) });
export type InternalVideos = z.infer<typeof internalVideos>;

/** Answer of video-storage's `PUT /internal/objects/*key`. */
export const storedObject = z.object({
  key: z.string(),
  sizeBytes: z.int().min(0),
  sha256: z.string(),
  contentType: z.string(),
  etag: z.string(),
});
export type StoredObject = z.infer<typeof storedObject>;

/** Answer of video-storage's `GET /internal/addresses/*key`: the address itself is what lets one in, so it is a secret. */
export const objectAddress = z.object({ url: z.url(), expiresAt: instant });
export type ObjectAddress = z.infer<typeof objectAddress>;

/** The id of a block in video-storage's `PUT /internal/blocks/*key?block=`: whoever stages it makes sure that it is its own. */
export const blockId = z.string().regex(/^[0-9a-f]{40}$/, 'must be 40 lowercase hexadecimal digits');

/** Answer of video-storage's `PUT /internal/blocks/*key`. */
export const stagedBlock = z.object({
  sizeBytes: z.int().min(1),
  crc32: z.int().min(0).describe('Of the bytes of this block as they were staged, as in zlib'),
  contentType: z.string().nullable().describe('What a file that begins with this block is; null when not asked for'),
});
export type StagedBlock = z.infer<typeof stagedBlock>;

/** Body of video-storage's `POST /internal/blocks/*key`: the object that its blocks are to become; answered with StoredObject. */
export const blockList = z.object({
  blocks: z.array(blockId).min(1).max(50_000),
  sizeBytes: z.int().min(1),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 lowercase hexadecimal digits'),
  contentType: z.string().regex(/^[\w.+-]+\/[\w.+-]+$/, 'must be a media type'),
});
export type BlockList = z.infer<typeof blockList>;

/** Answer of video-storage's `GET /internal/objects`. */
export const objectList = z.object({
  items: z.array(z.object({ key: z.string(), sizeBytes: z.int().min(0), etag: z.string(), lastModified: instant })),
  nextCursor: z.string().nullable(),
});
export type ObjectList = z.infer<typeof objectList>;
