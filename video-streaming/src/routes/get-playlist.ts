import { createHash } from 'node:crypto';
import { DomainError } from '@flixtube/chassis/errors';
import { parse, route } from '@flixtube/chassis/http';
import { viewerOf } from '@flixtube/chassis/identity';
import type { HlsManifest } from '@flixtube/contracts/hls-manifest';
import { videoId } from '@flixtube/contracts/ids';
import type { Router } from 'express';
import { z } from 'zod';
import type { PlayableVideo } from '../domain/playable-video.ts';
import { manifestOf, type Playback } from '../domain/playback.ts';
import { iframePlaylist, mainPlaylist, mediaPlaylist, type Naming } from '../domain/playlists.ts';
import type { SmallFile } from '../domain/stored-files.ts';
import { isSubtitles, subtitlePlaylist } from '../domain/subtitles.ts';
import { revalidated } from './cache-control.ts';
import { sendSmall } from './send-small.ts';

const params = z.strictObject({
  id: videoId,
  playlist: z.string().regex(/^[A-Za-z0-9-]{1,60}\.m3u8$/, 'must be the name of a playlist, such as main.m3u8'),
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
      const made = playlistOf(manifest, video, {
        name: playlist.slice(0, -'.m3u8'.length),
        naming: playback.delivery === undefined ? 'segments' : 'ranges',
      });
      if (made === undefined) throw new DomainError('not-found', 'There is no such playlist of this video.');
      await sendSmall(req, res, made, {
        contentType: 'application/vnd.apple.mpegurl',
        cacheControl: revalidated(video),
      });
    },
  });
}

/**
 * Made once a manifest, and kept as long as that is: of a day of video, one takes about 0.2 s. Text tracks change without
 * it, so what names them is made again when they have.
 */
const kept = new WeakMap<HlsManifest, Map<string, SmallFile & { captions: string }>>();

function playlistOf(
  manifest: HlsManifest,
  { captions }: PlayableVideo,
  { name, naming }: { name: string; naming: Naming },
): SmallFile | undefined {
  const playlists = kept.get(manifest) ?? new Map<string, SmallFile & { captions: string }>();
  kept.set(manifest, playlists);
  // Quickly made of what is at hand, and of names that are not the manifest's.
  if (isSubtitles(name)) return fileOf(subtitlePlaylist(manifest, captions, name));
  const named = name === 'main' ? JSON.stringify(captions.map(({ language, label }) => [language, label])) : '';
  const known = playlists.get(name);
  if (known?.captions === named) return known;
  const made = fileOf(textOf(manifest, captions, { name, naming }));
  // Only of names that there are, so that nobody fills it with others.
  if (made !== undefined) playlists.set(name, { ...made, captions: named });
  return made;
}

function fileOf(text: string | undefined): SmallFile | undefined {
  if (text === undefined) return undefined;
  const bytes = Buffer.from(text);
  return { bytes, etag: `"${createHash('sha256').update(bytes).digest('base64url')}"` };
}

function textOf(
  manifest: HlsManifest,
  captions: PlayableVideo['captions'],
  { name, naming }: { name: string; naming: Naming },
): string | undefined {
  if (name === 'main') return mainPlaylist(manifest, captions);
  const [, rendition] = /^(.+)-iframes$/.exec(name) ?? [];
  return rendition === undefined ? mediaPlaylist(manifest, name, naming) : iframePlaylist(manifest, rendition, naming);
}
