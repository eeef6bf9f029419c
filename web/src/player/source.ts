import type { Video } from '@flixtube/contracts/http/video';

/** What this browser can play by itself, and what it can be helped with. */
export interface Abilities {
  /** It plays HLS playlists. */
  nativeHls: boolean;
  /** It has Media Source Extensions, which hls.js feeds. */
  mse: boolean;
  /** It seems to play the file as it was uploaded. */
  file: boolean;
}

/** What a player plays: the file as it was uploaded, or HLS, by the browser itself or by hls.js. */
export type SourceKind = 'file' | 'hls-native' | 'hls-js';

export const isHls = (kind: SourceKind): boolean => kind !== 'file';

type Playable = Pick<Video, 'status' | 'links'>;

/**
 * How to play a video's HLS; null when there is none, or no way. The browser's own player saves loading hls.js, but
 * has no choice of quality or sound: who chooses one (`chosen`) gets hls.js where that can run. So does a playlist
 * that still grows: browsers begin it at its edge, and Chromium 156 was seen to fail on it.
 */
export function hlsKind({ status, links }: Playable, can: Abilities, chosen: boolean): SourceKind | null {
  if (!links.hls) return null;
  const asItIs = !chosen && status !== 'processing';
  if (can.nativeHls && (asItIs || !can.mse)) return 'hls-native';
  return can.mse ? 'hls-js' : null;
}

/**
 * What to begin with. HLS as soon as something of it is there; but where it is not complete and the viewer goes on
 * in the middle, the file, which has all of it.
 */
export function firstSource(video: Playable, can: Abilities, startAt: number): SourceKind {
  const hls = hlsKind(video, can, false);
  if (!hls) return 'file';
  const mayBeTooShort = video.status === 'processing' && startAt > 0;
  return mayBeTooShort && can.file ? 'file' : hls;
}

/** What a player of the file is doing while its video's HLS appears. */
export interface FilePlayback {
  /** Something was played, or looked for. */
  begun: boolean;
  /** The browser cannot play the file. */
  unplayable: boolean;
  /** The viewer has paused it for a while. */
  resting: boolean;
}

/**
 * Whether to go over from the file to HLS that has appeared. Never under somebody who watches: at once while nothing
 * has begun or nothing can be played, else in a pause, and only to all of it.
 */
export function mayGoOver(video: Playable, { begun, unplayable, resting }: FilePlayback): boolean {
  if (!video.links.hls) return false;
  if (unplayable) return true;
  if (video.status !== 'ready') return false;
  return !begun || resting;
}

/** One of the qualities that a multivariant playlist offers. */
export interface Quality {
  width: number;
  height: number;
  /** Bits a second, at most. */
  bitrate: number;
}

/** The names of the sound tracks in a multivariant playlist (RFC 8216 §4.3.4.1), in its order. */
export function soundsIn(playlist: string): string[] {
  return playlist
    .split(/\r?\n/)
    .filter((line) => /^#EXT-X-MEDIA:(.*,)?TYPE=AUDIO(,|$)/.test(line))
    .map((line, index) => /[:,]NAME="([^"]*)"/.exec(line)?.[1] || `Sound ${index + 1}`);
}

/** The qualities in a multivariant playlist (RFC 8216 §4.3.4.2), in its order, those of I-frames left out. */
export function qualitiesIn(playlist: string): Quality[] {
  return playlist
    .split(/\r?\n/)
    .filter((line) => line.startsWith('#EXT-X-STREAM-INF:'))
    .flatMap((line) => {
      const [, width, height] = /[:,]RESOLUTION=(\d+)x(\d+)/.exec(line) ?? [];
      const [, bitrate] = /[:,]BANDWIDTH=(\d+)/.exec(line) ?? [];
      return width && height ? [{ width: Number(width), height: Number(height), bitrate: Number(bitrate ?? 0) }] : [];
    });
}
