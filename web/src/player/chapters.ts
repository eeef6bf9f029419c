/** A part of a video that has a title. Times in seconds. */
export interface Chapter {
  start: number;
  end: number;
  title: string;
}

/** How long after a chapter has begun "the previous one" still is the one before it, in seconds. */
const justBegun = 3;

/** The chapters that an element has read, in their order; none while it reads them. */
export function chaptersIn(video: HTMLVideoElement): Chapter[] {
  const track = [...video.textTracks].find(({ kind }) => kind === 'chapters');
  return [...(track?.cues ?? [])].map((cue) => ({
    start: cue.startTime,
    end: cue.endTime,
    title: titleOf(cue as VTTCue),
  }));
}

// WebVTT has references in its texts, such as &amp;.
const titleOf = (cue: VTTCue): string => cue.getCueAsHTML().textContent.trim();

/** The index of the chapter at a time: of the last that has begun; -1 before the first. */
export const chapterAt = (chapters: readonly Chapter[], seconds: number): number =>
  chapters.findLastIndex(({ start }) => start <= seconds);

/**
 * The next chapter; or the beginning of this one, and where that is just behind, the one before it. Undefined when
 * there is none that way.
 */
export function chapterFrom(chapters: readonly Chapter[], seconds: number, step: 1 | -1): Chapter | undefined {
  const now = chapterAt(chapters, seconds);
  if (step > 0) return chapters[now + 1];
  const begun = seconds - (chapters[now]?.start ?? 0);
  return chapters[begun < justBegun ? Math.max(0, now - 1) : now];
}
