import type { HlsManifest } from '@flixtube/contracts/hls-manifest';
import type { PlayableVideo } from './playable-video.ts';
import { namesOf, playlistOf, quoted } from './playlist-text.ts';

/*
 * Text tracks in HLS (RFC 8216 §3.5, §4.3.4.1), once a video is processed to its end. Their addresses are relative to
 * /api/videos/:id/hls/:
 *   captions-<language>.m3u8     a media playlist, of one segment
 *   captions/<language>.vtt      that segment: the whole track
 */

type Caption = Pick<PlayableVideo['captions'][number], 'language' | 'label'>;

/** The group that the variants name in SUBTITLES. */
export const subtitlesGroup = 'subtitles';

const prefix = 'captions-';

/** The EXT-X-MEDIA of each track that there is. None while the video grows: a text of all of it is no part of it yet. */
export function subtitleTags({ complete }: HlsManifest, captions: readonly Caption[]): string[] {
  if (!complete) return [];
  const names = namesOf(captions.map(({ label }) => label));
  return captions.map(({ language }, index) => {
    const attributes = [
      'TYPE=SUBTITLES',
      `GROUP-ID="${subtitlesGroup}"`,
      `NAME="${names[index]}"`,
      ...(isKnown(language) ? [`LANGUAGE="${quoted(language)}"`] : []),
      'DEFAULT=NO',
      'AUTOSELECT=YES',
      ...(isFor('forced', language) ? ['FORCED=YES'] : []),
      ...(isFor('sdh', language) ? [`CHARACTERISTICS="${describingSound}"`] : []),
      `URI="${prefix}${language}.m3u8"`,
    ];
    return `#EXT-X-MEDIA:${attributes.join(',')}`;
  });
}

/** Whether a playlist of this name would be one of a text track. */
export function isSubtitles(name: string): boolean {
  return name.startsWith(prefix);
}

/**
 * The media playlist of a text track, by its name: one segment as long as the video, which another target duration than
 * that of its siblings is allowed for, since nothing is added to it any more (§6.2.4). Undefined when there is none.
 */
export function subtitlePlaylist(
  manifest: HlsManifest,
  captions: readonly Caption[],
  name: string,
): string | undefined {
  const language = name.slice(prefix.length);
  if (!manifest.complete || !captions.some((one) => one.language === language)) return undefined;
  const seconds = Math.max(0.001, lengthOf(manifest));
  return playlistOf([
    '#EXTM3U',
    '#EXT-X-VERSION:7',
    `#EXT-X-TARGETDURATION:${Math.max(1, Math.round(seconds))}`,
    '#EXT-X-PLAYLIST-TYPE:VOD',
    `#EXTINF:${seconds.toFixed(6)},`,
    `captions/${language}.vtt`,
    '#EXT-X-ENDLIST',
  ]);
}

const describingSound = 'public.accessibility.transcribes-spoken-dialog,public.accessibility.describes-music-and-sound';

/** How long the longest track is, in seconds. */
function lengthOf({ video, audio }: HlsManifest): number {
  const lengths = [...video, ...audio].map(({ parts, timescale }) => {
    const ticks = parts.flatMap(({ segments }) => segments).reduce((sum, segment) => sum + segment.ticks, 0);
    return ticks / timescale;
  });
  return Math.max(0, ...lengths);
}

/** As video-processing marks the tracks of a file. */
function isFor(purpose: 'forced' | 'sdh', language: string): boolean {
  return language.includes(`-x-${purpose}`);
}

function isKnown(language: string): boolean {
  return language !== 'und' && !language.startsWith('und-');
}
