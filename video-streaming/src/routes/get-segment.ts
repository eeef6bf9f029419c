import { createHash } from 'node:crypto';
import { DomainError } from '@flixtube/chassis/errors';
import { parse, route } from '@flixtube/chassis/http';
import { viewerOf } from '@flixtube/chassis/identity';
import { sendRepresentation } from '@flixtube/chassis/representation';
import { videoId } from '@flixtube/contracts/ids';
import type { Router } from 'express';
import { z } from 'zod';
import { manifestOf, type Playback } from '../domain/playback.ts';
import { segmentBytes } from '../domain/playlists.ts';
import { immutable } from './cache-control.ts';
import { redirect } from './redirect.ts';

const name = z.string().regex(/^[\w.-]{1,60}$/, 'must be a name from a playlist of this video');
const params = z.strictObject({ id: videoId, processingId: z.uuidv7('must be a UUIDv7'), track: name, file: name });
const noQuery = z.strictObject({});

/**
 * GET, HEAD /api/videos/:id/hls/:processingId/:track/:file: init.mp4, segments 0.m4s, 1.m4s, …, and what they lie in,
 * object-init.mp4, object-0.mp4, …, where a delivery has given those names: its address then, as a 302.
 */
export function getSegment(router: Router, playback: Playback): void {
  route(router, '/api/videos/:id/hls/:processingId/:track/:file', {
    GET: async (req, res) => {
      const viewerId = viewerOf(req);
      const { id, processingId, track, file } = parse(params, req.params);
      parse(noQuery, req.query);
      const { video, manifest } = await manifestOf(playback, id, viewerId);
      const where = manifest.processingId === processingId ? segmentBytes(manifest, track, file) : undefined;
      if (where === undefined) throw new DomainError('not-found', 'There is no such segment of this video.');
      // By the name of a segment nothing says which bytes of the object are meant: what an earlier playlist names passes here.
      const { delivery } = playback;
      if (delivery !== undefined && file.startsWith('object-')) {
        return redirect(res, { delivery, video, key: where.key });
      }
      await sendRepresentation(req, res, {
        sizeBytes: where.length,
        contentType: track.startsWith('audio') ? 'audio/mp4' : 'video/mp4',
        // A key is written once, and it says of which attempt it is.
        etag: `"${createHash('sha256').update(where.key).digest('base64url')}-${where.start}-${where.length}"`,
        cacheControl: immutable(video),
        read: (range, signal) => playback.files.read(where, range, signal),
      });
    },
  });
}
