import { z } from 'zod';
import { processingId } from './processing.ts';

const bytes = z.object({ key: z.string().min(1), start: z.int().min(0), length: z.int().positive() });

/** One CMAF segment, moof and mdat, as bytes of a part. */
const segment = z.object({
  start: z.int().min(0).describe('Offset in the part'),
  length: z.int().positive(),
  ticks: z.int().positive().describe("Its duration in the track's timescale"),
  keyframes: z
    .array(z.object({ start: z.int().min(0), length: z.int().positive(), ticks: z.int().positive() }))
    .default([])
    .describe(
      'For the I-frame playlist: bytes from a moof to the end of its first sample; start is an offset in the part',
    ),
});

/** A track in pieces of time, which lie in one object each. They follow on one another without a gap. */
const track = z.object({
  timescale: z.int().positive(),
  codecs: z.string().min(1).describe('RFC 6381, such as avc1.64001f or mp4a.40.2'),
  init: bytes.describe('The initialization segment, ftyp and moov'),
  parts: z.array(z.object({ key: z.string().min(1), segments: z.array(segment).min(1) })),
});

const videoTrack = track.extend({
  name: z
    .string()
    .regex(/^\d+p$/)
    .describe('By its shorter side, such as 720p'),
  width: z.int().positive(),
  height: z.int().positive(),
  frameRate: z.number().positive(),
});
const audioTrack = track.extend({
  name: z.string().regex(/^audio-\d+$/),
  language: z.string().nullable().describe('BCP 47, as far as the file says'),
  label: z.string(),
  channels: z.int().positive().describe('Of this track, not of the file'),
});

/**
 * What an HLS playlist of a video is made from: an object that video-processing writes and video-streaming reads.
 * While processing goes on, each newer manifest holds what the one before it held, and more at the end.
 */
export const hlsManifest = z.object({
  processingId,
  complete: z.boolean().describe('Nothing will be added any more'),
  video: z.array(videoTrack).describe('Smallest first; all have the same segments; empty for sound alone'),
  audio: z.array(audioTrack).describe('The first is the default; empty for a silent video'),
});
export type HlsManifest = z.infer<typeof hlsManifest>;
export type HlsTrack = z.infer<typeof track>;
export type HlsVideoTrack = z.infer<typeof videoTrack>;
export type HlsAudioTrack = z.infer<typeof audioTrack>;
