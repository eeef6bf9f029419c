import type { Media } from '../../domain/media.ts';
import { drawPictures } from './pictures.ts';
import { encodePiece } from './piece.ts';
import { probe } from './probe.ts';
import type { RunOptions } from './run.ts';
import { encodeSound } from './sound.ts';
import { extractTexts } from './texts.ts';

export interface FfmpegOptions {
  /** Of each encoder. */
  threads: number;
  /** Where the programs are; unset: on PATH. */
  ffmpeg?: string;
  ffprobe?: string;
  /** A program that has not got on for so long is ended; unset: a minute. */
  stallMs?: number;
  /** What one program may take: 4 GiB of address space, files of 8 GiB each, six hours of a processor. */
  limits?: Partial<RunOptions['limits']>;
}

const limits = { memoryBytes: 4 * 2 ** 30, fileBytes: 8 * 2 ** 30, cpuSeconds: 6 * 3_600 };

/** Media by ffmpeg, 5.1 or later. */
export function ffmpegMedia(options: FfmpegOptions): Media {
  const settings = {
    threads: options.threads,
    ffmpeg: options.ffmpeg ?? 'ffmpeg',
    ffprobe: options.ffprobe ?? 'ffprobe',
    stallMs: options.stallMs ?? 60_000,
    limits: { ...limits, ...options.limits },
  };
  return {
    probe: (source, signal) => probe(settings, source, signal),
    encodePiece: (job, signal) => encodePiece(settings, job, signal),
    encodeSound: (job, signal) => encodeSound(settings, job, signal),
    drawPictures: (job, signal) => drawPictures(settings, job, signal),
    extractTexts: (job, signal) => extractTexts(settings, job, signal),
  };
}
