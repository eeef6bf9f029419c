import { open, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readWhatIsThere } from '@flixtube/webvtt/reader';
import { webVttOf } from '@flixtube/webvtt/writer';
import type { Plan, Source } from '../../domain/media.ts';
import { inputOf } from './input.ts';
import { type RunOptions, run, textOf } from './run.ts';

interface TextsJob {
  source: Source;
  plan: Plan;
  folder: string;
}

/** Of one track, as ffmpeg writes it and as it is kept. */
const mostBytes = 4 * 2 ** 20;
/** ffmpeg ends a file only after what goes beyond its limit. */
const mostWritten = 4 * mostBytes;
/** There may be nothing to write for long while the file is read on, which takes little of a processor. */
const patience = 10;

/**
 * All text tracks of a file, by one run that reads it once. What ffmpeg writes is what somebody else has written into the
 * file, so it is read like any text of a stranger.
 */
export async function extractTexts(
  options: RunOptions,
  { source, plan, folder }: TextsJob,
  signal: AbortSignal,
): Promise<{ track: number; file: string }[]> {
  const { texts, startSeconds } = plan.probe;
  const outputs = texts.flatMap(({ stream, codec }, track) => [
    // Copied where it is WebVTT already: what a decoder makes of it has lost its voices and places.
    ...['-map', `0:${stream}`, '-c:s', codec === 'webvtt' ? 'copy' : 'webvtt', '-flags', '+bitexact'],
    ...['-fs', String(mostBytes), '-f', 'webvtt', rawName(track)],
  ]);
  const limits = { ...options.limits, fileBytes: mostWritten };
  const args = ['-copyts', '-max_error_rate', '1', ...inputOf(source), ...outputs];
  await textOf(run({ ...options, limits, stallMs: patience * options.stallMs }, 'ffmpeg', args, { folder, signal }));
  const kept: { track: number; file: string }[] = [];
  for (const [track, { codec }] of texts.entries()) {
    const raw = join(folder, rawName(track));
    const text = safeText(await beginningOf(raw), startSeconds, codec);
    await rm(raw, { force: true });
    if (text === undefined) continue;
    const file = join(folder, `text-${track}.vtt`);
    await writeFile(file, text);
    kept.push({ track, file });
  }
  return kept;
}

function rawName(track: number): string {
  return `raw-${track}.vtt`;
}

/** As much of it as counts, up to the end of a cue. */
async function beginningOf(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const bytes = Buffer.alloc(Math.min(size, mostBytes));
    const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
    const text = bytes.subarray(0, bytesRead);
    return size > mostBytes ? text.subarray(0, text.lastIndexOf('\n\n') + 1) : text;
  } finally {
    await file.close();
  }
}

/** Undefined when there is no cue in it. */
function safeText(raw: Buffer, startSeconds: number, codec: string): string | undefined {
  const zero = Math.round(startSeconds * 1_000);
  const cues = readWhatIsThere(raw)
    .filter(({ text }) => !(isStyled(codec) && drawing.test(text)))
    .map((cue) => ({ ...cue, start: Math.max(0, cue.start - zero), end: cue.end - zero }))
    .filter(({ start, end }) => end > start);
  return cues.length === 0 ? undefined : webVttOf(cues, mostBytes);
}

function isStyled(codec: string): boolean {
  return codec === 'ass' || codec === 'ssa';
}

/** A shape of Advanced SubStation Alpha, which ffmpeg takes for words: `m 0 0 l 100 0 100 100`. */
const drawing = /^m(?: -?[\d.]+){2}(?: (?:[mnlbspc]|-?[\d.]+))*$/;
