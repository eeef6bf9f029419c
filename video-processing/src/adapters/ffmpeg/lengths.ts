import type { Source } from '../../domain/media.ts';

/** What ffprobe says of how long a stream or a file is; any of it may be missing. */
interface Lasting {
  start_time?: string;
  duration?: string;
}

interface Track extends Lasting {
  index: number;
  tags?: Record<string, string>;
}

/** Fewer bits a second than any moving picture takes: then it is the duration that is wrong. */
const fewestBitsPerSecond = 100;
/** Much less than players load ahead, and more than a file that was cut by its key frames differs by. */
const togetherSeconds = 2;
const longestFillSeconds = 24 * 3_600;

/**
 * How long the first of the tracks is, and where the last one ends when another ends long before it. Where they do not
 * say, or say that they end so differently, it is measured: a file that is only said to go on must not be filled up.
 *
 * @param measure when the last packet of each track ends, by reading the file
 */
export async function lengthsOf(
  tracks: Track[],
  file: { format: Lasting; startSeconds: number; source: Source; measure(): Promise<Map<number, number>> },
): Promise<{ durationSeconds: number; fillSeconds?: number }> {
  const { format, startSeconds, source, measure } = file;
  const [main] = tracks;
  if (main === undefined) return { durationSeconds: 0 };
  const ofFile = seconds(format.duration) ?? 0;
  const stated = tracks.map((track) => durationOf(track, startSeconds) ?? ofFile);
  const [first = 0] = stated;
  const isKnown = isLikely(first, source);
  if (isKnown && spread(stated) <= togetherSeconds) return { durationSeconds: first };
  const ends = await measure();
  const measured = tracks.flatMap(({ index }) => {
    const end = ends.get(index);
    return end === undefined ? [] : [end - startSeconds];
  });
  const counted = ends.get(main.index);
  const durationSeconds = counted === undefined ? first : counted - startSeconds;
  const last = Math.max(...measured);
  const isFilled = spread(measured) > togetherSeconds && last <= longestFillSeconds;
  return { durationSeconds: Math.max(0, durationSeconds), ...(isFilled ? { fillSeconds: last } : {}) };
}

function spread(ends: number[]): number {
  return Math.max(...ends) - Math.min(...ends);
}

/** Of this track, from our zero on; undefined when it does not say. */
function durationOf({ duration, start_time, tags = {} }: Track, zero: number): number | undefined {
  // Matroska counts from the file's beginning, the others from the stream's; there ffprobe has the file's for each stream.
  const tagged = clock(tags.DURATION ?? tags['DURATION-eng']);
  if (tagged !== undefined && tagged > 0) return tagged;
  const own = seconds(duration);
  return own === undefined || own <= 0 ? undefined : own + (seconds(start_time) ?? zero) - zero;
}

function isLikely(duration: number, { sizeBytes }: Source): boolean {
  return duration > 0 && (duration < 60 || (sizeBytes * 8) / duration >= fewestBitsPerSecond);
}

export function seconds(text: string | undefined): number | undefined {
  const value = Number.parseFloat(text ?? '');
  return Number.isFinite(value) ? value : undefined;
}

/** Such as 00:01:02.500000000. */
function clock(text: string | undefined): number | undefined {
  const [, hours, minutes, rest] = /^(\d+):(\d\d):(\d\d(?:\.\d+)?)$/.exec(text ?? '') ?? [];
  return hours === undefined ? undefined : Number(hours) * 3600 + Number(minutes) * 60 + Number(rest);
}
