import type { Source } from '../../domain/media.ts';

/**
 * Containers that hold what they say. None that names other files or addresses (hls, dash, concat, image2, sdp, …): a
 * file is data.
 */
const containers = [
  ...[
    'mov',
    'mp4',
    'm4a',
    '3gp',
    '3g2',
    'mj2',
    'matroska',
    'webm',
    'avi',
    'mpegts',
    'mpeg',
    'flv',
    'asf',
    'ogg',
    'mxf',
  ],
  ...['nut', 'ivf', 'dv', 'rm', 'gif', 'wav', 'w64', 'aiff', 'mp3', 'flac', 'aac', 'ac3', 'eac3', 'caf', 'amr', 'opus'],
].join(',');

/** 8192x8192. */
const mostPixels = String(2 ** 26);

/** Options of ffmpeg and ffprobe to read an uploaded file, and nothing else. */
export function inputOf({ url }: Source, options: string[] = []): string[] {
  return [
    ...['-protocol_whitelist', 'http,tcp', '-format_whitelist', containers, '-max_pixels', mostPixels],
    ...options,
    ...['-i', url],
  ];
}
