import type { HlsManifest, HlsTrack, HlsVideoTrack } from '@flixtube/contracts/hls-manifest';
import { peakRate, rateOf } from './bit-rates.ts';
import { objectBytes, objectUrl } from './object-ranges.ts';
import type { PlayableVideo } from './playable-video.ts';
import { namesOf, playlistOf, quoted } from './playlist-text.ts';
import { subtitlesGroup, subtitleTags } from './subtitles.ts';

/*
 * HLS playlists (RFC 8216). Their addresses are relative to /api/videos/:id/hls/:
 *   main.m3u8                          the multivariant playlist
 *   <track>.m3u8                       a media playlist, such as 720p.m3u8 or audio-0.m3u8
 *   <rendition>-iframes.m3u8           its I-frame playlist
 *   <processingId>/<track>/init.mp4    initialization segment
 *   <processingId>/<track>/<n>.m4s     segment, counted from 0
 * or, where bytes are delivered by the objects' own addresses, ranges of objects: object-ranges.ts.
 */

/** How a playlist names segments: each by an address of its own, or as a range of the object that it lies in. */
export type Naming = 'segments' | 'ranges';

const soundGroup = 'sound';

/** The multivariant playlist (§4.3.4). Rates are measured: those of the segments that there are. */
export function mainPlaylist(manifest: HlsManifest, captions: PlayableVideo['captions']): string {
  const { video, audio } = manifest;
  const lines = ['#EXTM3U', '#EXT-X-VERSION:7', '#EXT-X-INDEPENDENT-SEGMENTS'];
  const [sound] = audio;
  const subtitles = subtitleTags(manifest, captions);
  const texts = subtitles.length === 0 ? [] : [`SUBTITLES="${subtitlesGroup}"`];
  if (video.length === 0 && sound !== undefined) {
    // Sound alone: the first track is the only variant.
    return playlistOf([...lines, ...subtitles, streamInf(manifest, [sound], texts), `${sound.name}.m3u8`]);
  }
  const names = namesOf(audio.map(({ label }) => label));
  const languages = new Set<string | null>();
  audio.forEach((track, index) => {
    // A player that chooses by itself takes the first of a language: a commentary comes after it (§4.3.4.1.1).
    const isFirst = !languages.has(track.language);
    languages.add(track.language);
    const attributes = [
      'TYPE=AUDIO',
      `GROUP-ID="${soundGroup}"`,
      `NAME="${names[index]}"`,
      ...(track.language === null ? [] : [`LANGUAGE="${quoted(track.language)}"`]),
      `DEFAULT=${index === 0 ? 'YES' : 'NO'}`,
      `AUTOSELECT=${isFirst ? 'YES' : 'NO'}`,
      `CHANNELS="${track.channels}"`,
      `URI="${track.name}.m3u8"`,
    ];
    lines.push(`#EXT-X-MEDIA:${attributes.join(',')}`);
  });
  lines.push(...subtitles);
  for (const track of video) {
    const attributes = [
      ...pictureAttributes(track),
      `FRAME-RATE=${track.frameRate.toFixed(3)}`,
      ...(sound === undefined ? [] : [`AUDIO="${soundGroup}"`]),
      ...texts,
    ];
    lines.push(streamInf(manifest, [track, ...audio], attributes), `${track.name}.m3u8`);
  }
  for (const track of video) {
    const keyframes = allSegments(track).flatMap((segment) => segment.keyframes);
    if (keyframes.length === 0) continue;
    const attributes = [
      `BANDWIDTH=${Math.ceil(peakRate(keyframes, track, targetDuration(manifest)))}`,
      ...pictureAttributes(track),
      `CODECS="${quoted(track.codecs)}"`,
      `URI="${track.name}-iframes.m3u8"`,
    ];
    lines.push(`#EXT-X-I-FRAME-STREAM-INF:${attributes.join(',')}`);
  }
  return playlistOf(lines);
}

/**
 * The media playlist of a track (§4.3.3); undefined when there is no such track. While it grows it has all that the
 * manifest has: that ends where the shortest track ends that is not whole yet, which only who wrote it knows.
 */
export function mediaPlaylist(manifest: HlsManifest, name: string, naming: Naming = 'segments'): string | undefined {
  const track = trackOf(manifest, name);
  if (track === undefined) return undefined;
  const lines = head(manifest, { name, init: track.init }, { naming });
  for (const { start, length, ticks, index, part } of placedSegments(track)) {
    lines.push(extinf(ticks, track));
    if (naming === 'segments') lines.push(segmentUrl(manifest, name, index));
    else lines.push(byteRange(start, length), objectUrl(manifest, name, part));
  }
  if (manifest.complete) lines.push('#EXT-X-ENDLIST');
  return playlistOf(lines);
}

/** The I-frame playlist of a rendition (§4.3.3.6); undefined when there is no such one. */
export function iframePlaylist(manifest: HlsManifest, name: string, naming: Naming = 'segments'): string | undefined {
  const track = manifest.video.find((one) => one.name === name);
  if (track === undefined) return undefined;
  const lines = head(manifest, { name, init: track.init }, { naming, more: ['#EXT-X-I-FRAMES-ONLY'] });
  for (const { start, keyframes, index, part } of placedSegments(track)) {
    const [first, url] =
      naming === 'segments' ? [start, segmentUrl(manifest, name, index)] : [0, objectUrl(manifest, name, part)];
    for (const keyframe of keyframes) {
      lines.push(extinf(keyframe.ticks, track), byteRange(keyframe.start - first, keyframe.length), url);
    }
  }
  if (manifest.complete) lines.push('#EXT-X-ENDLIST');
  return playlistOf(lines);
}

/** Some bytes of an object in video-storage. */
export interface StoredBytes {
  key: string;
  start: number;
  length: number;
}

/** Where the bytes of a segment, of the initialization segment or of an object lie; undefined when there is no such one. */
export function segmentBytes(manifest: HlsManifest, name: string, file: string): StoredBytes | undefined {
  const track = trackOf(manifest, name);
  if (track === undefined) return undefined;
  if (file === 'init.mp4') return track.init;
  const [, digits] = /^(0|[1-9]\d{0,6})\.m4s$/.exec(file) ?? [];
  if (digits === undefined) return objectBytes(track, file);
  let index = Number(digits);
  for (const { key, segments } of track.parts) {
    const segment = segments[index];
    if (segment !== undefined) return { key, start: segment.start, length: segment.length };
    index -= segments.length;
  }
  return undefined;
}

function trackOf({ video, audio }: HlsManifest, name: string): HlsTrack | undefined {
  return [...video, ...audio].find((track) => track.name === name);
}

function head(
  manifest: HlsManifest,
  { name, init }: { name: string; init: StoredBytes },
  { naming, more = [] }: { naming: Naming; more?: string[] },
): string[] {
  const map =
    naming === 'segments'
      ? `URI="${manifest.processingId}/${name}/init.mp4"`
      : `URI="${objectUrl(manifest, name, 'init')}",BYTERANGE="${init.length}@${init.start}"`;
  return [
    '#EXTM3U',
    '#EXT-X-VERSION:7',
    `#EXT-X-TARGETDURATION:${targetDuration(manifest)}`,
    `#EXT-X-PLAYLIST-TYPE:${manifest.complete ? 'VOD' : 'EVENT'}`,
    // Else players take a list that grows for something live, and begin at its end.
    ...(manifest.complete ? [] : ['#EXT-X-START:TIME-OFFSET=0,PRECISE=YES']),
    ...more,
    `#EXT-X-MAP:${map}`,
  ];
}

/**
 * No segment is longer, once rounded to whole seconds (§4.3.3.1), and it is the same in every media playlist (§6.2.4): so
 * that of all tracks. As they grow it stays as it is (§6.2.1), since no later segment is longer than a track's first.
 */
function targetDuration({ video, audio }: HlsManifest): number {
  const longest = [...video, ...audio].map(
    (track) => greatest(allSegments(track).map(({ ticks }) => ticks)) / track.timescale,
  );
  return Math.max(1, Math.round(greatest(longest)));
}

function segmentUrl({ processingId }: HlsManifest, name: string, index: number): string {
  return `${processingId}/${name}/${index}.m4s`;
}

/** BANDWIDTH is the peak, picture and the richest sound together; AVERAGE-BANDWIDTH the same of the means (§4.3.4.2). */
function streamInf(manifest: HlsManifest, tracks: HlsTrack[], attributes: string[]): string {
  const target = targetDuration(manifest);
  const [first, ...sounds] = tracks.map((track) => ({
    peak: peakRate(allSegments(track), track, target),
    mean: rateOf(allSegments(track), track),
  }));
  const most = (of: 'peak' | 'mean') => Math.ceil((first?.[of] ?? 0) + Math.max(0, ...sounds.map((one) => one[of])));
  const codecs = [...new Set(tracks.map((track) => track.codecs))].join(',');
  return `#EXT-X-STREAM-INF:${[
    `BANDWIDTH=${most('peak')}`,
    `AVERAGE-BANDWIDTH=${most('mean')}`,
    `CODECS="${quoted(codecs)}"`,
    ...attributes,
  ].join(',')}`;
}

function pictureAttributes({ width, height }: HlsVideoTrack): string[] {
  return [`RESOLUTION=${width}x${height}`];
}

function allSegments(track: HlsTrack): HlsTrack['parts'][number]['segments'] {
  return track.parts.flatMap(({ segments }) => segments);
}

/** The segments of a track in their order, each with its number and that of the part that it lies in. */
function* placedSegments({ parts }: HlsTrack) {
  let index = 0;
  for (const [part, { segments }] of parts.entries()) {
    for (const segment of segments) yield { ...segment, index: index++, part };
  }
}

function byteRange(start: number, length: number): string {
  return `#EXT-X-BYTERANGE:${length}@${start}`;
}

/** At least 0. Not Math.max, whose arguments lie on the stack: a video of days has more segments than that takes. */
function greatest(values: number[]): number {
  return values.reduce((most, value) => Math.max(most, value), 0);
}

function extinf(ticks: number, { timescale }: HlsTrack): string {
  return `#EXTINF:${(ticks / timescale).toFixed(6)},`;
}
