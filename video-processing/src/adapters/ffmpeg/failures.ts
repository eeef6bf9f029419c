import { MediaFailure } from '../../domain/media.ts';

/** How a program ended. */
export interface Ending {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** The last of what it said, in its own words: for the log, never for people. */
  said: string;
}

/** The bytes of the file could not be had: not the file's fault. 416 is: it names a place that it does not have. */
const unreachable =
  /HTTP error (?!416)\d|Server returned (?!416|4XX)|Stream ends prematurely|Connection (refused|reset|timed out)|Input\/output error|Broken pipe/i;

const sentences: [RegExp, MediaFailure['kind'], string][] = [
  [/No space left on device|Disk quota exceeded/i, 'out-of-space', 'There was no room left to process this video.'],
  [
    /Cannot allocate memory|malloc of size|Error allocating/i,
    'unsupported',
    'Processing this video would take more memory than a video may. Please upload it in a smaller size.',
  ],
  [/File too large/i, 'unsupported', 'What would be made of this video is larger than a video may be.'],
  [
    /Picture size \d+x\d+ (is invalid|exceeds)|Video dimensions|Invalid (picture )?dimensions|max_pixels/i,
    'unsupported',
    'The pictures of this video are larger than pictures may be. Please upload it in a smaller size.',
  ],
  [
    /Decoder .*not found|no decoder|Unsupported codec|Unknown decoder|not (currently|yet) (supported|implemented)|Not yet implemented|codec not currently supported/i,
    'unsupported',
    'This video is coded in a way that cannot be read here. Please upload it in another format, such as MP4 with H.264.',
  ],
  [
    /Invalid data found|Server returned 4XX|moov atom not found|End of file|header parsing failed|Format not on whitelist|Could not find codec parameters|Invalid argument/i,
    'unreadable',
    'This file could not be read as a video. It may be damaged, incomplete, or something other than a video.',
  ],
];

/** Why nothing came of it, for its publisher; what the program said is the cause. */
export function failureOf(program: string, ending: Ending): MediaFailure {
  const { code, signal, said } = ending;
  const cause = new Error(`${program} ended with ${signal ?? code}: ${said}`);
  if (unreachable.test(said)) return unreachableFailure(cause);
  if (signal === 'SIGXCPU' || signal === 'SIGXFSZ') {
    const message = 'Processing this video takes more than a video may. Please upload it in a smaller size.';
    return new MediaFailure('unsupported', message, { cause });
  }
  for (const [pattern, kind, message] of sentences) {
    if (pattern.test(said)) return new MediaFailure(kind, message, { cause, retriable: kind === 'out-of-space' });
  }
  return new MediaFailure('internal', 'Something went wrong here while this video was processed.', { cause });
}

/** A program that could not read on may end as if the file had: then what it has made must not count. */
export function sourceFailureOf(program: string, ending: Ending): MediaFailure | undefined {
  if (!unreachable.test(ending.said)) return undefined;
  return unreachableFailure(new Error(`${program} could not read on: ${ending.said}`));
}

/**
 * Whether it ended with nothing because there was no frame where it began: ffmpeg 7 calls that an error, and 5 does not.
 * Where there was no room or no memory, frames may be missing for that.
 */
export function isWithoutFrames({ signal, said }: Ending): boolean {
  if (signal !== null || !/Could not open encoder before EOF/.test(said)) return false;
  return !sentences.some(([pattern, kind]) => kind !== 'unreadable' && pattern.test(said));
}

export function stalled(program: string, ms: number): MediaFailure {
  const cause = new Error(`${program} stood still for ${ms} ms`);
  return new MediaFailure('internal', 'Processing this video stood still and was ended.', { cause });
}

function unreachableFailure(cause: Error): MediaFailure {
  return new MediaFailure('internal', 'The uploaded file could not be read here for now.', { cause });
}
