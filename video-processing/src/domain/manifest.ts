import type { HlsManifest, HlsTrack } from '@flixtube/contracts/hls-manifest';
import type { Plan } from './media.ts';
import type { StoredPart } from './ports.ts';

/** Less than a sample, and more than what is lost by counting in seconds. */
const hair = 1e-6;

/**
 * The manifest of what is there from the beginning to `seconds`, on all tracks: segments that begin before then. With a
 * greater `seconds` it holds the same and more at the end.
 *
 * @param parts in order of their index and number
 */
export function manifestOf(
  processingId: string,
  plan: Plan,
  parts: StoredPart[],
  { seconds, complete }: { seconds: number; complete: boolean },
): HlsManifest {
  const { picture, sound } = plan.probe;
  const { num, den } = picture?.frameRate ?? { num: 1, den: 1 };
  const pieces = parts.filter(({ kind }) => kind === 'piece');
  const video = plan.renditions.flatMap(({ name, width, height }) => {
    const track = trackOf(name, pieces, seconds);
    return track ? [{ name, width, height, frameRate: num / den, ...track }] : [];
  });
  const audio = sound.flatMap(({ language, title, channels }, index) => {
    const minutes = parts.filter((part) => part.kind === 'sound' && part.index === index);
    const track = trackOf(`audio-${index}`, minutes, seconds);
    const label = title ?? language ?? `Sound ${index + 1}`;
    return track ? [{ name: `audio-${index}`, language, label, channels, ...track }] : [];
  });
  return { processingId, complete, video, audio };
}

/** How long the longest track of a manifest is, in seconds. */
export function lengthOf({ video, audio }: HlsManifest): number {
  const lengths = [...video, ...audio].map(({ timescale, parts }) => {
    const ticks = parts.flatMap(({ segments }) => segments).reduce((sum, segment) => sum + segment.ticks, 0);
    return ticks / timescale;
  });
  return Math.max(0, ...lengths);
}

function trackOf(name: string, parts: StoredPart[], seconds: number): HlsTrack | undefined {
  const stored = parts.flatMap(({ tracks }) => tracks.filter(({ track }) => track === name));
  const [first] = stored;
  if (first === undefined) return undefined;
  const shown: HlsTrack['parts'] = [];
  let begin = 0;
  for (const { key, segments } of stored) {
    const within = segments.filter(({ ticks }) => {
      const isWithin = begin / first.timescale < seconds - hair;
      begin += ticks;
      return isWithin;
    });
    if (within.length > 0) shown.push({ key, segments: within });
    if (within.length < segments.length) break;
  }
  if (shown.length === 0) return undefined;
  const init = { key: first.key, start: 0, length: first.initLength };
  return { timescale: first.timescale, codecs: first.codecs, init, parts: shown };
}
