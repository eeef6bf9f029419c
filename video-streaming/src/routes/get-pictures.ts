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
import type { Playback } from '../domain/playback.ts';
import { immutable } from './immutable.ts';

const spriteParams = z.strictObject({
  id: videoId,
  processingId: z.uuidv7('must be a UUIDv7'),
  sprite: z.string().regex(/^(0|[1-9]\d{0,3})\.jpg$/, 'must be a name from the storyboard of this video'),
});
const noQuery = z.strictObject({});

/** GET, HEAD /api/videos/:id/poster.jpg, /storyboard.vtt, and the pictures that the storyboard names. */
export function getPictures(router: Router, { videos, files }: Playback): void {
  async function send(req: Request, res: Response, key: string | undefined, as: { type: string; cache: string }) {
    if (key === undefined) throw new DomainError('not-found', 'This video has no such picture yet.');
    const { bytes, etag } = await files.small(key);
    await sendRepresentation(req, res, {
      sizeBytes: bytes.length,
      contentType: as.type,
      etag,
      cacheControl: as.cache,
      read: async ({ start, end }) => Readable.from([bytes.subarray(start, end + 1)]),
    });
  }

  route(router, '/api/videos/:id/poster.jpg', {
    GET: async (req, res) => {
      const video = await found(req, parse(videoParams, req.params).id);
      await send(req, res, video.poster?.key, { type: video.poster?.contentType ?? '', cache: changing(video) });
    },
  });
  route(router, '/api/videos/:id/storyboard.vtt', {
    GET: async (req, res) => {
      const video = await found(req, parse(videoParams, req.params).id);
      await send(req, res, video.storyboard?.vtt, { type: 'text/vtt; charset=utf-8', cache: changing(video) });
    },
  });
  route(router, '/api/videos/:id/storyboard/:processingId/:sprite', {
    GET: async (req, res) => {
      const { id, processingId, sprite } = parse(spriteParams, req.params);
      const video = await found(req, id);
      const key = video.storyboard?.sprites[Number.parseInt(sprite, 10)];
      const isOfIt = key?.includes(`/${processingId}/`) === true;
      await send(req, res, isOfIt ? key : undefined, { type: 'image/jpeg', cache: immutable(video) });
    },
  });

  async function found(req: Request, id: string): Promise<PlayableVideo> {
    const viewerId = viewerOf(req);
    parse(noQuery, req.query);
    return videos.find(id, viewerId);
  }
}

/** Another picture may take its place; short enough to be seen soon, long enough for a list of videos. */
function changing({ visibility }: PlayableVideo): string {
  return visibility === 'private' ? 'private, no-cache' : 'public, max-age=60';
}
