import { DomainError } from '@flixtube/chassis/errors';
import { parse, route } from '@flixtube/chassis/http';
import { viewerOf } from '@flixtube/chassis/identity';
import { type Caption, captionParams, captionQuery } from '@flixtube/contracts/http/captions';
import { videoParams } from '@flixtube/contracts/http/video';
import type { Request, Response, Router } from 'express';
import { z } from 'zod';
import type { Captions } from '../domain/captions.ts';
import type { PlayableVideo } from '../domain/playable-video.ts';
import { fileOf, type Playback } from '../domain/playback.ts';
import { revalidated } from './cache-control.ts';
import { sendSmall } from './send-small.ts';
import { textBody } from './text-body.ts';

const noQuery = z.strictObject({});
const types = ['text/vtt', 'application/x-subrip', 'text/plain'];
const mostBytes = 2 ** 20;

/**
 * GET, HEAD, PUT, DELETE /api/videos/:id/captions/:language.vtt: the text track in a language; GET, HEAD
 * /api/videos/:id/hls/captions/:language.vtt: the same as the segment that an HLS playlist names; GET, HEAD
 * /api/videos/:id/chapters.vtt.
 */
export function serveTexts(router: Router, o: Playback & { captions: Captions }): void {
  /** @param missing what to say when the video has no such text */
  async function send(
    req: Request,
    res: Response,
    { id, keyOf, missing }: { id: string; keyOf(video: PlayableVideo): string | undefined; missing: string },
  ): Promise<void> {
    const viewerId = viewerOf(req);
    parse(noQuery, req.query);
    const { video, file } = await fileOf(o.videos, { videoId: id, viewerId, keyOf, read: (key) => o.files.small(key) });
    if (file === undefined) throw new DomainError('not-found', missing);
    await sendSmall(req, res, file, { contentType: 'text/vtt; charset=utf-8', cacheControl: revalidated(video) });
  }

  function sendCaptions(req: Request, res: Response): Promise<void> {
    const { id, track: language } = parse(captionParams, req.params);
    return send(req, res, {
      id,
      keyOf: ({ captions }) => captions.find((one) => one.language === language)?.key,
      missing: 'This video has no captions in this language.',
    });
  }

  route(router, '/api/videos/:id/hls/captions/:track', { GET: sendCaptions });
  route(router, '/api/videos/:id/chapters.vtt', {
    GET: (req, res) =>
      send(req, res, {
        id: parse(videoParams, req.params).id,
        keyOf: ({ chapters }) => chapters ?? undefined,
        missing: 'This video has no chapters.',
      }),
  });
  route(router, '/api/videos/:id/captions/:track', {
    GET: sendCaptions,
    PUT: async (req, res) => {
      const viewerId = viewerOf(req);
      const { id, track: language } = parse(captionParams, req.params);
      const { label } = parse(captionQuery, req.query);
      await o.captions.requireOwner(id, viewerId);
      const text = await textBody(req, types, mostBytes);
      const stored = await o.captions.put(id, viewerId, { language, label, text });
      const url = `/api/videos/${id}/captions/${language}.vtt`;
      const body: Caption = { language, label: stored.label, url };
      if (stored.isNew) res.status(201).location(url);
      res.json(body);
    },
    DELETE: async (req, res) => {
      const viewerId = viewerOf(req);
      const { id, track: language } = parse(captionParams, req.params);
      parse(noQuery, req.query);
      await o.captions.remove(id, viewerId, language);
      res.status(204).end();
    },
  });
}
