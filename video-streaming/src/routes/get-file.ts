import { parse, route } from '@flixtube/chassis/http';
import { viewerOf } from '@flixtube/chassis/identity';
import { sendRepresentation } from '@flixtube/chassis/representation';
import { videoParams } from '@flixtube/contracts/http/video';
import type { Router } from 'express';
import { z } from 'zod';
import type { PlayableVideos } from '../domain/playable-videos.ts';
import type { VideoBytes } from '../domain/video-bytes.ts';

const noQuery = z.strictObject({});

/** GET, HEAD /api/videos/:id/file: the bytes as they were uploaded, by RFC 9110. */
export function getFile(router: Router, o: { videos: Pick<PlayableVideos, 'find'>; bytes: VideoBytes }): void {
  route(router, '/api/videos/:id/file', {
    GET: async (req, res) => {
      const viewerId = viewerOf(req);
      const { id } = parse(videoParams, req.params);
      parse(noQuery, req.query);
      const { source, visibility } = await o.videos.find(id, viewerId);
      await sendRepresentation(req, res, {
        sizeBytes: source.sizeBytes,
        contentType: source.contentType,
        etag: `"${source.sha256}"`,
        // The bytes never change, but who may have them does: a cache asks each time, and gets a 304.
        cacheControl: visibility === 'private' ? 'private, no-cache' : 'public, no-cache',
        headers: { 'Content-Disposition': 'inline' },
        read: (range, signal) => o.bytes.read(source, range, signal),
      });
    },
  });
}
