import { Readable } from 'node:stream';
import { DomainError } from '@flixtube/chassis/errors';
import { parse, route } from '@flixtube/chassis/http';
import { viewerOf } from '@flixtube/chassis/identity';
import { sendRepresentation } from '@flixtube/chassis/representation';
import { videoParams } from '@flixtube/contracts/http/video';
import { videoId } from '@flixtube/contracts/ids';
import type { Request, Response, Router } from 'express';
import { z } from 'zod';
import type { PlayableVideo } from '../domain/playable-video.ts';
import { fileOf, type Playback } from '../domain/playback.ts';
import { immutable } from './immutable.ts';

const spriteParams = z.strictObject({
  id: videoId,
  processingId: z.uuidv7('must be a UUIDv7'),
  sprite: z.string().regex(/^(0|[1-9]\d{0,3})\.jpg$/, 'must be a name from the storyboard of this video'),
});
const noQuery = z.strictObject({});

/** One of a video's pictures: where the video says that it lies, and how it is answered. */
interface Picture {
  keyOf(video: PlayableVideo): string | undefined;
  typeOf(video: PlayableVideo): string;
  cacheOf(video: PlayableVideo): string;
}

/** GET, HEAD /api/videos/:id/poster.jpg, /storyboard.vtt, and the pictures that the storyboard names. */
export function getPictures(router: Router, { videos, files }: Playback): void {
  async function send(req: Request, res: Response, id: string, { keyOf, typeOf, cacheOf }: Picture): Promise<void> {
    const viewerId = viewerOf(req);
    parse(noQuery, req.query);
    const { video, file } = await fileOf(videos, { videoId: id, viewerId, keyOf, read: (key) => files.small(key) });
    if (file === undefined) throw new DomainError('not-found', 'This video has no such picture yet.');
    await sendRepresentation(req, res, {
      sizeBytes: file.bytes.length,
      contentType: typeOf(video),
      etag: file.etag,
      cacheControl: cacheOf(video),
      read: async ({ start, end }) => Readable.from([file.bytes.subarray(start, end + 1)]),
    });
  }

  route(router, '/api/videos/:id/poster.jpg', {
    GET: (req, res) =>
      send(req, res, parse(videoParams, req.params).id, {
        keyOf: ({ poster }) => poster?.key,
        typeOf: () => 'image/jpeg',
        cacheOf: changing,
      }),
  });
  route(router, '/api/videos/:id/storyboard.vtt', {
    GET: (req, res) =>
      send(req, res, parse(videoParams, req.params).id, {
        keyOf: ({ storyboard }) => storyboard?.vtt,
        typeOf: () => 'text/vtt; charset=utf-8',
        cacheOf: changing,
      }),
  });
  route(router, '/api/videos/:id/storyboard/:processingId/:sprite', {
    GET: (req, res) => {
      const { id, processingId, sprite } = parse(spriteParams, req.params);
      return send(req, res, id, {
        keyOf({ storyboard }) {
          const key = storyboard?.sprites[Number.parseInt(sprite, 10)];
          return key?.includes(`/${processingId}/`) === true ? key : undefined;
        },
        typeOf: () => 'image/jpeg',
        cacheOf: immutable,
      });
    },
  });
}

/** Another picture may take its place; short enough to be seen soon, long enough for a list of videos. */
function changing({ visibility }: PlayableVideo): string {
  return visibility === 'private' ? 'private, no-cache' : 'public, max-age=60';
}
