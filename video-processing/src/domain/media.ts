/** Numerator and denominator, such as 30000/1001. */
export interface Rational {
  num: number;
  den: number;
}

/** Where the bytes of an uploaded file can be read, by ranges: a URL on this machine that serves this one file. */
export interface Source {
  url: string;
  sizeBytes: number;
}

export interface SoundTrack {
  /** Of the stream in the file. */
  stream: number;
  channels: number;
  /** BCP 47 or ISO 639, as the file says. */
  language: string | null;
  title: string | null;
}

export interface Picture {
  stream: number;
  /** As displayed: rotation and pixel shape applied, even numbers. */
  width: number;
  height: number;
  /** Of what is made from it, constant, at most 60. */
  frameRate: Rational;
  interlaced: boolean;
  /** Needs tone mapping. */
  hdr: boolean;
  /** How its colours are coded; unset: as is usual for its size. */
  matrix?: 'bt601' | 'bt709' | 'bt2020';
  /** Its pictures are as those that are made here: 8 bits, 4:2:0, BT.709, limited range. */
  isPlain?: boolean;
  /** Its frames may change their size and kind half-way, since they are scaled before anything else is done to them. */
  mayChange?: boolean;
  /** How far before a place in it a reader must begin to be sure of meeting a key frame. */
  seekMarginSeconds?: number;
}

/** Subtitles of the file, as text. */
export interface TextTrack {
  /** Of the stream in the file. */
  stream: number;
  /** As ffmpeg names it: subrip, ass, webvtt, mov_text, text, … */
  codec: string;
  /** BCP 47 or ISO 639, as the file says. */
  language: string | null;
  title: string | null;
  /** For what is spoken in another language than the rest. */
  forced: boolean;
  /** For those who do not hear. */
  sdh: boolean;
}

/** In seconds from where our time begins; `title` null when the file gives none. */
export interface Chapter {
  startSeconds: number;
  endSeconds: number;
  title: string | null;
}

/** What a file holds, as far as it is of use here. */
export interface Probe {
  /** Seconds; what the container says, or what its streams do. Of the picture, where there is one. */
  durationSeconds: number;
  /**
   * Where the last of picture and sound ends, when another ends long before: up to there that one stands still, or is
   * silent. Players wait for ever for the next part of what has ended while the other goes on. Unset: they end together.
   */
  fillSeconds?: number;
  /** Of the earliest stream, in seconds: where our time begins. */
  startSeconds: number;
  /** Null for sound alone. */
  picture: Picture | null;
  /** Empty for silence. */
  sound: SoundTrack[];
  /** Without those that are pictures. */
  texts: TextTrack[];
  chapters: Chapter[];
}

/** One step of the ladder. */
export interface Rendition {
  /** By the shorter side, such as `720p`. */
  name: string;
  width: number;
  height: number;
  /** x264's constant rate factor, and what it is capped at, in bits per second. */
  crf: number;
  maxBitsPerSecond: number;
}

/** Frames [firstFrame, firstFrame + frames) on the constant-rate grid; `frames` null: to the end of the file. */
export interface Piece {
  index: number;
  firstFrame: number;
  frames: number | null;
}

/** What has to be done to a file. Made once, from its probe, by nothing but arithmetic. */
export interface Plan {
  probe: Probe;
  renditions: Rendition[];
  /** In frames; 0 for sound alone. */
  gopFrames: number;
  segmentFrames: number;
  pieces: Piece[];
}

/** A CMAF segment in a file: offsets and lengths in bytes, durations in ticks of the track's timescale. */
export interface EncodedSegment {
  start: number;
  length: number;
  ticks: number;
  keyframes: { start: number; length: number; ticks: number }[];
}

/** A piece of a track: `file` holds segments only, its initialization segment is apart. */
export interface EncodedPart {
  /** `720p`, `audio-0`. */
  track: string;
  timescale: number;
  codecs: string;
  init: Buffer;
  file: string;
  segments: EncodedSegment[];
}

export interface Pictures {
  /** JPEG. */
  poster: string;
  storyboard: { sprites: string[]; vtt: (urlOfSprite: (index: number) => string) => string } | null;
}

/** What of a file cannot be processed; the message is for its publisher. */
export class MediaFailure extends Error {
  readonly kind: 'unreadable' | 'unsupported' | 'out-of-space' | 'internal';
  /** Whether it may go otherwise another time. */
  readonly retriable: boolean;
  constructor(kind: MediaFailure['kind'], message: string, options: { retriable?: boolean; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = 'MediaFailure';
    this.kind = kind;
    this.retriable = options.retriable ?? kind === 'internal';
  }
}

/**
 * What is done to pictures and sound. Files are written to `folder`, which the caller has made and removes. All reject
 * with a MediaFailure, or the signal's reason once it has aborted; then nothing of theirs runs any more.
 */
export interface Media {
  probe(source: Source, signal: AbortSignal): Promise<Probe>;
  /** One decode, all renditions: a part of each. Empty when the file has no frame at or after the piece's first one. */
  encodePiece(
    job: { source: Source; plan: Plan; piece: Piece; folder: string },
    signal: AbortSignal,
  ): Promise<EncodedPart[]>;
  /** The whole of a sound track as AAC, in parts of about a minute, the first one shorter, each handed on as soon as it is whole. */
  encodeSound(
    job: { source: Source; plan: Plan; track: number; folder: string },
    signal: AbortSignal,
  ): AsyncIterable<EncodedPart>;
  /** Null for sound alone. */
  drawPictures(job: { source: Source; plan: Plan; folder: string }, signal: AbortSignal): Promise<Pictures | null>;
  /**
   * The subtitles of the file as WebVTT that is safe to show, with times from where ours begins: files of at most 4 MiB,
   * each with the index of its track in `plan.probe.texts`. Those without a cue are left out.
   */
  extractTexts(
    job: { source: Source; plan: Plan; folder: string },
    signal: AbortSignal,
  ): Promise<{ track: number; file: string }[]>;
}
