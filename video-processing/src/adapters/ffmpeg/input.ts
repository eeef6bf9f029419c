import type { Picture, Source } from '../../domain/media.ts';

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

/**
 * Options of ffmpeg for an input whose frames are counted. What changes half-way, as the pictures of a call do when its line
 * gets worse, would have ffmpeg build its filters anew, which then lose a frame and count from the beginning; `scale`
 * takes frames as they come. Other filters do not: rows of a smaller frame would be read that are not there.
 */
export function steadyGraph({ mayChange = false }: Picture): string[] {
  return mayChange ? ['-reinit_filter', '0'] : [];
}
