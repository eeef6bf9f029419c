import { json, parse, route } from '@flixtube/chassis/http';
import { requireService } from '@flixtube/chassis/identity';
import { captionLanguage } from '@flixtube/contracts/http/captions';
import { internalCaption, type ReplacedCaption } from '@flixtube/contracts/http/internal';
import { videoId, viewerId } from '@flixtube/contracts/ids';
import type { Router } from 'express';
import { z } from 'zod';
import type { Catalogue } from '../domain/catalogue.ts';

const params = z.strictObject({ id: videoId, language: captionLanguage });
const removal = z.strictObject({ viewerId });

/** PUT, DELETE /internal/videos/:id/captions/:language: which object is the text track, for the owner of the video. */
export function changeCaptions(router: Router, catalogue: Pick<Catalogue, 'putCaption' | 'removeCaption'>): void {
  route(router, '/internal/videos/:id/captions/:language', {
    PUT: [
      requireService(),
      json(),
      async (req, res) => {
        const { id, language } = parse(params, req.params);
        const { viewerId, label, key } = parse(internalCaption, req.body);
        const answer: ReplacedCaption = await catalogue.putCaption(id, viewerId, { language, label, key });
        res.json(answer);
      },
    ],
    DELETE: [
      requireService(),
      async (req, res) => {
        const { id, language } = parse(params, req.params);
        const { viewerId } = parse(removal, req.query);
        const answer: ReplacedCaption = await catalogue.removeCaption(id, viewerId, language);
        res.json(answer);
      },
    ],
  });
}
