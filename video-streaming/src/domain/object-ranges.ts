import type { HlsManifest, HlsTrack } from '@flixtube/contracts/hls-manifest';
import type { StoredBytes } from './playlists.ts';

/*
 * Segments as ranges of the objects that they lie in (RFC 8216 §4.3.2.2): a signed address is one of a whole object, and
 * cannot say which bytes. Their addresses are relative to /api/videos/:id/hls/:
 *   <processingId>/<track>/object-init.mp4   what the initialization segment lies in
 *   <processingId>/<track>/object-<n>.mp4    a part of the track, counted from 0
 */

/** The address of the object that segments of a part lie in. */
export function objectUrl({ processingId }: Pick<HlsManifest, 'processingId'>, track: string, part: number | 'init') {
  return `${processingId}/${track}/object-${part}.mp4`;
}

/** The object of such a name, up to the last byte that the track needs of it; undefined when there is no such one. */
export function objectBytes(track: HlsTrack, file: string): StoredBytes | undefined {
  const [, name] = /^object-(init|0|[1-9]\d{0,6})\.mp4$/.exec(file) ?? [];
  if (name === undefined) return undefined;
  if (name === 'init') return { key: track.init.key, start: 0, length: track.init.start + track.init.length };
  const part = track.parts[Number(name)];
  const last = part?.segments.at(-1);
  return part === undefined || last === undefined
    ? undefined
    : { key: part.key, start: 0, length: last.start + last.length };
}
