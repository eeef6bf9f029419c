import { createHash } from 'node:crypto';
import { DomainError } from '@flixtube/chassis/errors';
import { parse, route } from '@flixtube/chassis/http';
import { viewerOf } from '@flixtube/chassis/identity';
import type { HlsManifest } from '@flixtube/contracts/hls-manifest';
import { videoId } from '@flixtube/contracts/ids';
import type { Router } from 'express';
import { z } from 'zod';
import { manifestOf, type Playback } from '../domain/playback.ts';
import { iframePlaylist, mainPlaylist, mediaPlaylist } from '../domain/playlists.ts';
import type { SmallFile } from '../domain/stored-files.ts';
import { revalidated } from './cache-control.ts';
import { sendSmall } from './send-small.ts';

const params = z.strictObject({
  id: videoId,
  playlist: z.string().regex(/^[a-z0-9-]{1,40}\.m3u8$/, 'must be the name of a playlist, such as main.m3u8'),
});
const noQuery = z.strictObject({});

/** GET, HEAD /api/videos/:id/hls/:playlist: main.m3u8, and the playlists that it names. */
export function getPlaylist(router: Router, playback: Playback): void {
  route(router, '/api/videos/:id/hls/:playlist', {
    GET: async (req, res) => {
      const viewerId = viewerOf(req);
      const { id, playlist } = parse(params, req.params);
      parse(noQuery, req.query);
      const { video, manifest } = await manifestOf(playback, id, viewerId);
      const made = playlistOf(manifest, playlist.slice(0, -'.m3u8'.length));
      if (made === undefined) throw new DomainError('not-found', 'There is no such playlist of this video.');
      await sendSmall(req, res, made, {
        contentType: 'application/vnd.apple.mpegurl',
        cacheControl: revalidated(video),
      });
    },
  });
}

/** Made once a manifest, and kept as long as that is: of a day of video, one takes about 0.2 s. */
const kept = new WeakMap<HlsManifest, Map<string, SmallFile>>();

function playlistOf(manifest: HlsManifest, name: string): SmallFile | undefined {
  const playlists = kept.get(manifest) ?? new Map<string, SmallFile>();
  kept.set(manifest, playlists);
  const known = playlists.get(name);
  if (known !== undefined) return known;
  const text = textOf(manifest, name);
  // Only of names that there are, so that nobody fills it with others.
  if (text === undefined) return undefined;
  const bytes = Buffer.from(text);
  const made = { bytes, etag: `"${createHash('sha256').update(bytes).digest('base64url')}"` };
  playlists.set(name, made);
  return made;
}

function textOf(manifest: HlsManifest, name: string): string | undefined {
  if (name === 'main') return mainPlaylist(manifest);
  const [, rendition] = /^(.+)-iframes$/.exec(name) ?? [];
  return rendition === undefined ? mediaPlaylist(manifest, name) : iframePlaylist(manifest, rendition);
}
