import { parse, route } from '@flixtube/chassis/http';
import { viewerOf } from '@flixtube/chassis/identity';
import { sendRepresentation } from '@flixtube/chassis/representation';
import { videoParams } from '@flixtube/contracts/http/video';
import type { Router } from 'express';
import { z } from 'zod';
import type { PlayableVideos } from '../domain/playable-videos.ts';
import type { Playback } from '../domain/playback.ts';
import type { VideoBytes } from '../domain/video-bytes.ts';
import { revalidated } from './cache-control.ts';
import { redirect } from './redirect.ts';

const noQuery = z.strictObject({});

/** GET, HEAD /api/videos/:id/file: the bytes as they were uploaded, by RFC 9110; with a delivery a 302 to them. */
export function getFile(
  router: Router,
  { videos, bytes, delivery }: Pick<Playback, 'delivery'> & { videos: Pick<PlayableVideos, 'find'>; bytes: VideoBytes },
): void {
  route(router, '/api/videos/:id/file', {
    GET: async (req, res) => {
      const viewerId = viewerOf(req);
      const { id } = parse(videoParams, req.params);
      parse(noQuery, req.query);
      const video = await videos.find(id, viewerId);
      const { source } = video;
      if (delivery !== undefined) return redirect(res, { delivery, video, key: source.key });
      await sendRepresentation(req, res, {
        sizeBytes: source.sizeBytes,
        contentType: source.contentType,
        etag: `"${source.sha256}"`,
        // The bytes never change, but who may have them does: a cache asks each time, and gets a 304.
        cacheControl: revalidated(video),
        lastModified: createdAt(id),
        headers: { 'Content-Disposition': `inline; filename="flixtube-${id}${extensions[source.contentType] ?? ''}"` },
        read: (range, signal) => bytes.read(source, range, signal),
      });
    },
  });
}

/** An id holds when it was made (UUIDv7, RFC 9562 §5.7), and there never were other bytes under it. */
function createdAt(videoId: string): Date {
  return new Date(Number.parseInt(videoId.replaceAll('-', '').slice(0, 12), 16));
}

/** For whoever saves it: the rest of the name is safe on every system, since it holds nothing that anyone wrote. */
const extensions: Readonly<Record<string, string>> = {
  'video/3gpp': '.3gp',
  'video/matroska': '.mkv',
  'video/mp2t': '.ts',
  'video/mp4': '.mp4',
  'video/mpeg': '.mpg',
  'video/ogg': '.ogv',
  'video/quicktime': '.mov',
  'video/webm': '.webm',
  'video/x-flv': '.flv',
  'video/x-matroska': '.mkv',
  'video/x-msvideo': '.avi',
};
