import type { HlsManifest } from '@flixtube/contracts/hls-manifest';
import type { Plan } from './media.ts';
import type { StoredPart, StoredTrack } from './ports.ts';
import { namedSound } from './texts.ts';

/** Less than a sample, and more than what is lost by counting in seconds. */
const hair = 1e-6;
/** Of each sound track that is made, whatever the file has. */
const channels = 2;

/** A manifest, and what is told of it elsewhere. */
export interface WrittenManifest {
  /** JSON of an {@link HlsManifest}. */
  text: string;
  /** Nothing in it can be played. */
  isEmpty: boolean;
  renditions: Pick<HlsManifest['video'][number], 'name' | 'width' | 'height'>[];
  /** How long the longest track is. */
  durationSeconds: number;
  /** Who has made the parts. */
  attempts: Pick<StoredPart, 'kind' | 'attempt'>[];
}

/**
 * Writes the manifest of what is there from the beginning to `seconds`, on all tracks: segments that begin before then.
 * With a greater `seconds` it holds the same and more at the end. Text from the start, since the segments of a day are a
 * hundred thousand objects otherwise.
 *
 * @param parts in order of their index and number
 */
export async function writeManifest(
  processingId: string,
  plan: Plan,
  parts: AsyncIterable<StoredPart>,
  { seconds, complete }: { seconds: number; complete: boolean },
): Promise<WrittenManifest> {
  const { picture, sound } = plan.probe;
  const { num, den } = picture?.frameRate ?? { num: 1, den: 1 };
  const video = plan.renditions.map(({ name, width, height }) => ({
    facts: { name, width, height, frameRate: num / den },
    track: new TrackText(seconds),
  }));
  const audio = sound.map((one, index) => ({
    facts: { name: `audio-${index}`, ...namedSound(one, index), channels },
    track: new TrackText(seconds),
  }));
  const tracks = new Map([...video, ...audio].map(({ facts, track }) => [facts.name, track]));
  const attempts: WrittenManifest['attempts'] = [];
  for await (const { kind, attempt, tracks: stored } of parts) {
    attempts.push({ kind, attempt });
    for (const one of stored) tracks.get(one.track)?.add(one);
  }
  const shown = {
    video: video.filter(({ track }) => !track.isEmpty),
    audio: audio.filter(({ track }) => !track.isEmpty),
  };
  const list = (of: { facts: object; track: TrackText }[]) => of.map(({ facts, track }) => track.text(facts)).join(',');
  const head = JSON.stringify({ processingId, complete }).slice(0, -1);
  return {
    text: `${head},"video":[${list(shown.video)}],"audio":[${list(shown.audio)}]}`,
    isEmpty: shown.video.length + shown.audio.length === 0,
    renditions: shown.video.map(({ facts: { name, width, height } }) => ({ name, width, height })),
    durationSeconds: Math.max(0, ...[...tracks.values()].map(({ seconds: length }) => length)),
    attempts,
  };
}

/** A track up to a time, as JSON. */
class TrackText {
  readonly #until: number;
  readonly #parts: string[] = [];
  #first: StoredTrack | undefined;
  #ticks = 0;
  #isOver = false;

  constructor(until: number) {
    this.#until = until;
  }

  get isEmpty(): boolean {
    return this.#parts.length === 0;
  }

  get seconds(): number {
    return this.#ticks / (this.#first?.timescale ?? 1);
  }

  add(part: StoredTrack): void {
    this.#first ??= part;
    if (this.#isOver) return;
    const { timescale } = this.#first;
    const after = part.segments.findIndex(({ ticks }) => {
      if (this.#ticks / timescale >= this.#until - hair) return true;
      this.#ticks += ticks;
      return false;
    });
    this.#isOver = after !== -1;
    const segments = this.#isOver ? part.segments.slice(0, after) : part.segments;
    if (segments.length > 0) this.#parts.push(JSON.stringify({ key: part.key, segments }));
  }

  text(facts: object): string {
    const { timescale, codecs, key, initLength } = this.#first as StoredTrack;
    const head = { ...facts, timescale, codecs, init: { key, start: 0, length: initLength } };
    return `${JSON.stringify(head).slice(0, -1)},"parts":[${this.#parts.join(',')}]}`;
  }
}
