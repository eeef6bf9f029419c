import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { EncodedPart, EncodedSegment, Plan, SoundTrack, Source } from '../../domain/media.ts';
import { AdtsReader } from './adts.ts';
import { mostSeconds } from './graph.ts';
import { inputOf } from './input.ts';
import { soundFormat, soundInit, soundSegment } from './mp4/sound-part.ts';
import { type Running, type RunOptions, run } from './run.ts';

interface SoundJob {
  source: Source;
  plan: Plan;
  track: number;
  folder: string;
}

const { samplesPerSecond, samplesOfFrame, bitsPerSecond, codecs } = soundFormat;
/** About 4 s. */
const framesOfSegment = Math.round((4 * samplesPerSecond) / samplesOfFrame);
/** About a minute; the first part is small, so that the video can be played soon. */
const segmentsOfPart = 15;
const segmentsOfFirstPart = 3;
/**
 * ffmpeg's encoder puts a frame before the first sample, from which decoders tune in. It is left out, and the next one
 * begins at zero: an edit list would say the same, but hls.js and Media Source Extensions do not look at it, while Safari
 * does. What is lost is that the first 21 ms fade in.
 */
const framesOfPriming = 1;
/**
 * A frame of AAC-LC in which both channels are silent (ISO/IEC 14496-3 §4.4.2.1). What follows where the sound ends long
 * before the picture is made here, once all of it is known to be read: parts of sound count as they come.
 */
const silence = Buffer.from([0x21, 0x00, 0x49, 0x90, 0x02, 0x19, 0x00, 0x23, 0x80]);
/** Downmixes are known for so many channels; of more, the first two are taken. */
const mostChannels = 8;

/**
 * The whole track by one encoder, so that nothing is heard where parts join. Silence is put where the file has a gap,
 * and before a track that begins later than the file does.
 */
export async function* encodeSound(
  options: RunOptions & { threads: number },
  { source, plan, track, folder }: SoundJob,
  signal: AbortSignal,
): AsyncGenerator<EncodedPart> {
  const sound = plan.probe.sound[track];
  if (sound === undefined) return;
  // Ends ffmpeg too when nobody wants more of it.
  const leaving = new AbortController();
  const surroundings = { folder, signal: AbortSignal.any([signal, leaving.signal]) };
  const isWaitedFor = () => encoder.output.readableLength > 0;
  const decoder = run(options, 'ffmpeg', decoderOf(sound, plan, source), { ...surroundings, isWaitedFor });
  const encoder: Running = run(options, 'ffmpeg', encoderOf(plan), { ...surroundings, input: decoder.output });
  const ended = Promise.all([decoder.ended, encoder.ended]).then(
    () => undefined,
    (error: unknown) => error ?? new Error('ended'),
  );
  const writer = new PartWriter(`audio-${track}`, folder);
  try {
    const reader = new AdtsReader();
    for await (const chunk of encoder.output) {
      for (const frame of reader.push(chunk as Buffer)) {
        const part = await writer.add(frame);
        signal.throwIfAborted();
        if (part) yield part;
      }
    }
    const failure = await ended;
    if (failure !== undefined) throw failure;
    const whole = ((plan.probe.fillSeconds ?? 0) * samplesPerSecond) / samplesOfFrame;
    while (writer.frames > 0 && writer.frames < whole) {
      const part = await writer.add(silence);
      signal.throwIfAborted();
      if (part) yield part;
    }
    const part = await writer.finish();
    if (part) yield part;
  } finally {
    leaving.abort();
    await ended;
    await writer.close();
  }
}

/**
 * Without marks to seek by: both sides would keep each of them, 50 MB in two hours. ffmpeg calls that an experiment, since
 * files of it are not settled; here it is only between two processes of one ffmpeg.
 */
const pipedFormat = ['-f', 'nut', '-strict', 'experimental', '-syncpoints', 'none', '-write_index', '0', 'pipe:1'];

/**
 * Decodes to samples with their times. What changes half-way, such as a broadcast from stereo to 5.1, has ffmpeg build its
 * filters anew, so that none here may count from the beginning.
 */
function decoderOf({ stream, channels }: SoundTrack, { probe }: Plan, source: Source): string[] {
  const filters = [
    `asetpts=round(PTS-${probe.startSeconds.toFixed(6)}/TB)`,
    'atrim=start=0',
    ...(channels > mostChannels ? ['pan=stereo|c0=c0|c1=c1'] : []),
    `aresample=${samplesPerSecond}`,
    'aformat=sample_fmts=flt:channel_layouts=stereo',
  ];
  return [
    ...['-copyts', '-max_error_rate', '1', ...inputOf(source, ['-vn', '-threads', '1'])],
    ...['-map', `0:${stream}`, '-af', filters.join(',')],
    ...['-c:a', 'pcm_f32le', '-flags', '+bitexact', '-map_metadata', '-1', '-map_chapters', '-1'],
    ...pipedFormat,
  ];
}

/** Fills gaps and encodes. */
function encoderOf({ probe }: Plan): string[] {
  const filters = [
    `aresample=${samplesPerSecond}:async=1:first_pts=0`,
    'aformat=sample_fmts=fltp:channel_layouts=stereo',
  ];
  return [
    ...['-protocol_whitelist', 'pipe', '-copyts', '-f', 'nut', '-i', 'pipe:0'],
    ...['-af', filters.join(','), '-t', mostSeconds(probe).toFixed(3)],
    ...['-c:a', 'aac', '-b:a', String(bitsPerSecond), '-flags', '+bitexact', '-map_metadata', '-1'],
    ...['-f', 'adts', 'pipe:1'],
  ];
}

/** Writes frames as segments into the files of parts. */
class PartWriter {
  readonly #track: string;
  readonly #folder: string;
  #skip = framesOfPriming;
  #frames: Buffer[] = [];
  #framesBefore = 0;
  #sequence = 1;
  #parts = 0;
  #file: FileHandle | undefined;
  #path = '';
  #segments: EncodedSegment[] = [];
  #written = 0;

  constructor(track: string, folder: string) {
    this.#track = track;
    this.#folder = folder;
  }

  /** So many have been added, without the priming. */
  get frames(): number {
    return this.#framesBefore + this.#frames.length;
  }

  /** Answers the part that this frame has made whole. */
  async add(frame: Buffer): Promise<EncodedPart | undefined> {
    if (this.#skip > 0) {
      this.#skip -= 1;
      return undefined;
    }
    this.#frames.push(Buffer.from(frame));
    if (this.#frames.length < framesOfSegment) return undefined;
    await this.#endSegment();
    const whole = this.#parts === 0 ? segmentsOfFirstPart : segmentsOfPart;
    return this.#segments.length < whole ? undefined : this.#endPart();
  }

  async finish(): Promise<EncodedPart | undefined> {
    await this.#endSegment();
    return this.#endPart();
  }

  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = undefined;
  }

  async #endSegment(): Promise<void> {
    if (this.#frames.length === 0) return;
    if (this.#file === undefined) {
      this.#path = join(this.#folder, `${this.#track}-${this.#parts}.m4s`);
      this.#file = await open(this.#path, 'w');
    }
    const decodeTime = this.#framesBefore * samplesOfFrame;
    const bytes = soundSegment(this.#frames, { sequence: this.#sequence, decodeTime });
    await this.#file.write(bytes);
    const ticks = this.#frames.length * samplesOfFrame;
    this.#segments.push({ start: this.#written, length: bytes.length, ticks, keyframes: [] });
    this.#framesBefore += this.#frames.length;
    this.#written += bytes.length;
    this.#sequence += 1;
    this.#frames = [];
  }

  async #endPart(): Promise<EncodedPart | undefined> {
    if (this.#segments.length === 0) return undefined;
    await this.close();
    const segments = this.#segments;
    this.#parts += 1;
    this.#segments = [];
    this.#written = 0;
    return { track: this.#track, timescale: samplesPerSecond, codecs, init: soundInit(), file: this.#path, segments };
  }
}
