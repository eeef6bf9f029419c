import { DomainError } from '@flixtube/chassis/errors';
import { parse, route } from '@flixtube/chassis/http';
import { viewerOf } from '@flixtube/chassis/identity';
import { videoParams } from '@flixtube/contracts/http/video';
import { videoId } from '@flixtube/contracts/ids';
import type { Request, Response, Router } from 'express';
import { z } from 'zod';
import type { PlayableVideo } from '../domain/playable-video.ts';
import { fileOf, type Playback } from '../domain/playback.ts';
import { briefly, immutable } from './cache-control.ts';
import { redirect } from './redirect.ts';
import { sendSmall } from './send-small.ts';

const spriteParams = z.strictObject({
  id: videoId,
  processingId: z.uuidv7('must be a UUIDv7'),
  sprite: z.string().regex(/^(0|[1-9]\d{0,3})\.jpg$/, 'must be a name from the storyboard of this video'),
});
const noQuery = z.strictObject({});

/** One of a video's pictures: where the video says that it lies, and how it is answered. */
interface Picture {
  keyOf(video: PlayableVideo): string | undefined;
  contentType: string;
  cacheOf(video: PlayableVideo): string;
}

/** GET, HEAD /api/videos/:id/poster.jpg, /storyboard.vtt, and the pictures that the storyboard names. */
export function getPictures(router: Router, { videos, files, delivery }: Playback): void {
  async function send(
    req: Request,
    res: Response,
    id: string,
    { keyOf, contentType, cacheOf }: Picture,
  ): Promise<void> {
    const viewerId = viewerOf(req);
    parse(noQuery, req.query);
    if (delivery !== undefined && contentType === 'image/jpeg') {
      const video = await videos.find(id, viewerId);
      const key = keyOf(video);
      if (key !== undefined) return redirect(res, { delivery, video, key });
    }
    const { video, file } = await fileOf(videos, { videoId: id, viewerId, keyOf, read: (key) => files.small(key) });
    if (file === undefined) throw new DomainError('not-found', 'This video has no such picture yet.');
    await sendSmall(req, res, file, { contentType, cacheControl: cacheOf(video) });
  }

  route(router, '/api/videos/:id/poster.jpg', {
    GET: (req, res) =>
      send(req, res, parse(videoParams, req.params).id, {
        keyOf: ({ poster }) => poster?.key,
        contentType: 'image/jpeg',
        cacheOf: briefly,
      }),
  });
  route(router, '/api/videos/:id/storyboard.vtt', {
    GET: (req, res) =>
      send(req, res, parse(videoParams, req.params).id, {
        keyOf: ({ storyboard }) => storyboard?.vtt,
        contentType: 'text/vtt; charset=utf-8',
        cacheOf: briefly,
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
        contentType: 'image/jpeg',
        cacheOf: immutable,
      });
    },
  });
}
