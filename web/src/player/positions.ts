/**
 * Where this viewer is in what was watched since the page was loaded. The server learns it too, but answers for it a
 * moment later: who goes back to a video at once shall not be a few seconds off.
 */
const positions = new Map<string, number>();

export const rememberPosition = (videoId: string, seconds: number): void => {
  positions.set(videoId, seconds);
};

export const knownPosition = (videoId: string): number | undefined => positions.get(videoId);

/** How close to its end, in seconds and as a share of it, a video counts as finished. */
const tail = { seconds: 10, share: 0.03 };

/**
 * Where to begin a video that was left at `position`: there, but at the beginning when hardly any of it was seen or
 * hardly any is left.
 */
export function resumeAt(position: number, duration: number | null): number {
  if (position < 3) return 0;
  if (duration !== null && duration - position <= Math.min(tail.seconds, Math.max(2, duration * tail.share))) return 0;
  return position;
}

const storageKey = 'flixtube.unfinished';

/** Remembers whether there is something to continue, so that the home page can keep its room. */
export function rememberUnfinished(some: boolean): void {
  try {
    if (some) localStorage.setItem(storageKey, 'yes');
    else localStorage.removeItem(storageKey);
  } catch {
    // Storage is blocked: then its room is not kept.
  }
}

export function expectsUnfinished(): boolean {
  try {
    return localStorage.getItem(storageKey) !== null;
  } catch {
    return false;
  }
}

/** Forgets where the viewer is in a video, or in all. */
export function forgetPositions(videoId?: string): void {
  if (videoId === undefined) positions.clear();
  else positions.delete(videoId);
}
