import { DomainError } from '@flixtube/chassis/errors';
import { json, parse, route } from '@flixtube/chassis/http';
import { requireService } from '@flixtube/chassis/identity';
import { announcedVideo } from '@flixtube/contracts/http/internal';
import { videoParams } from '@flixtube/contracts/http/video';
import type { Router } from 'express';
import type { Catalogue } from '../domain/catalogue.ts';
import type { Represent } from './video-representation.ts';

/**
 * PUT /internal/videos/:id: takes a video in as video.uploaded does, but now. Idempotent. Answers the video as its owner
 * sees it; 410 when it has been deleted meanwhile.
 */
export function announceVideo(router: Router, catalogue: Pick<Catalogue, 'announce'>, represent: Represent): void {
  route(router, '/internal/videos/:id', {
    PUT: [
      requireService(),
      json(),
      async (req, res) => {
        const { id } = parse(videoParams, req.params);
        const { createdAt, ...announcement } = parse(announcedVideo, req.body);
        if (announcement.videoId !== id) {
          throw new DomainError('invalid', 'The body is of another video than the address.', {
            errors: [{ path: 'videoId', message: 'must be the id in the address' }],
          });
        }
        const video = await catalogue.announce({ ...announcement, createdAt: new Date(createdAt) });
        if (video === undefined) throw new DomainError('gone', 'This video has been deleted.');
        res.json(represent(video, video.ownerId));
      },
    ],
  });
}
