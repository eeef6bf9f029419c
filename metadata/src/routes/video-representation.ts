import { createHash } from 'node:crypto';
import type { Video as VideoJson } from '@flixtube/contracts/http/video';
import { shownCaptions } from '../domain/captions.ts';
import type { Expectation } from '../domain/catalogue.ts';
import { isOwner, type Video } from '../domain/video.ts';

/** Makes of a video what a viewer gets to see of it. */
export type Represent = (video: Video, viewerId: string) => VideoJson;

/** @param isAdaptive whether a viewer's player is led to the renditions, or to the file as it was uploaded */
export function representing(isAdaptive: (viewerId: string) => boolean): Represent {
  return (video, viewerId) => {
    const seen = videoJson(video, viewerId);
    return isAdaptive(viewerId) ? seen : { ...seen, links: { ...seen.links, hls: null } };
  };
}

/** A video as `viewerId` sees it: only its owner learns whose it is, and that by another name than anyone else's. */
function videoJson(video: Video, viewerId: string): VideoJson {
  const { id, createdAt, source, ownerId: _ownerId, version: _version, ...rest } = video;
  return {
    id,
    title: rest.title,
    description: rest.description,
    visibility: rest.visibility,
    status: rest.status,
    failure: rest.failure,
    progress: rest.progress,
    createdAt: createdAt.toISOString(),
    durationSeconds: rest.durationSeconds,
    width: rest.width,
    height: rest.height,
    sizeBytes: source.sizeBytes,
    contentType: source.contentType,
    viewCount: rest.viewCount,
    owner: isOwner(video, viewerId) ? { id: viewerId, name: 'You' } : null,
    links: {
      file: `/api/videos/${id}/file`,
      hls: rest.manifest && `/api/videos/${id}/hls/main.m3u8`,
      poster: rest.poster && `/api/videos/${id}/poster.jpg`,
      storyboard: rest.storyboard && `/api/videos/${id}/storyboard.vtt`,
      captions: shownCaptions(video).map(({ language, label }) => ({
        language,
        label,
        url: `/api/videos/${id}/captions/${language}.vtt`,
      })),
      chapters: rest.chapters && `/api/videos/${id}/chapters.vtt`,
    },
  };
}

/**
 * A strong validator: the version, and a digest of all else that is answered, since a view counted or another viewer makes
 * another representation (RFC 9110 §8.8.1).
 */
export function etagOf(video: Video, body: VideoJson): string {
  const digest = createHash('sha256').update(JSON.stringify(body)).digest('base64url').slice(0, 16);
  return `"${video.version}-${digest}"`;
}

/**
 * The versions that If-Match names. Only the version's part of an ETag counts: If-Match is there to prevent lost updates
 * (RFC 9110 §13.1.1), and none is lost by a view that was counted meanwhile; else nobody could edit a popular video.
 * Weak and foreign tags match nothing.
 */
export function expectationOf(ifMatch: string | undefined): Expectation {
  if (ifMatch === undefined) return undefined;
  if (ifMatch.trim() === '*') return 'any';
  const versions = new Set<number>();
  for (const [tag] of ifMatch.matchAll(/(?:W\/)?"[^"]*"/g)) {
    const version = /^"(\d{1,15})-[\w-]{16}"$/.exec(tag)?.[1];
    if (version !== undefined) versions.add(Number(version));
  }
  return versions;
}
