/** Where a viewer left a video, and when (milliseconds since 1970). */
export interface Left {
  seconds: number;
  at: number;
}

const positionsKey = 'flixtube.positions';
/** So many are kept, the latest. */
const mostKept = 100;

/**
 * Where this viewer left what was watched in this browser. The server learns it too, but answers for it a moment later,
 * or, when it has much to do, not at all: who goes back to a video shall not lose the place.
 */
let positions: Record<string, Left> = {};

/** What other windows kept as well; where storage is blocked, what this one did. */
function kept(): Record<string, Left> {
  try {
    positions = parsePositions(localStorage.getItem(positionsKey));
  } catch {
    // Storage is blocked.
  }
  return positions;
}

function keep(entries: [string, Left][]): void {
  positions = Object.fromEntries(entries.toSorted(([, a], [, b]) => b.at - a.at).slice(0, mostKept));
  try {
    localStorage.setItem(positionsKey, JSON.stringify(positions));
  } catch {
    // Storage is blocked: they are known until the page goes away.
  }
}

/** What a text says of positions; what it says wrongly is left out. */
export function parsePositions(text: string | null): Record<string, Left> {
  try {
    const said: unknown = JSON.parse(text ?? '{}');
    if (typeof said !== 'object' || said === null) return {};
    return Object.fromEntries(Object.entries(said).filter((entry): entry is [string, Left] => isLeft(entry[1])));
  } catch {
    return {};
  }
}

const isLeft = (said: Partial<Left> | null): boolean =>
  Number.isFinite(said?.seconds) && Number.isFinite(said?.at) && Number(said?.seconds) >= 0;

export function rememberPosition(videoId: string, seconds: number): void {
  keep(Object.entries({ ...kept(), [videoId]: { seconds, at: Date.now() } }));
}

export const knownPosition = (videoId: string): Left | undefined => kept()[videoId];

/** Forgets where the viewer is in a video, or in all. */
export function forgetPositions(videoId?: string): void {
  keep(videoId === undefined ? [] : Object.entries(kept()).filter(([id]) => id !== videoId));
}

/** What the server says of where a video was left: nothing until it has answered, null where it was not left. */
export type Answer = Left | null | 'pending' | 'failed';

/** For so long what is known here is later than anything that another device can have told, in milliseconds. */
const fresh = 60_000;
/** For so long the server may not have learned of it, or of its end, in milliseconds. */
const late = 3600_000;

/**
 * Where a video was left, in seconds: what is known here or what the server says, whichever is later; null while that
 * waits for the server. One that the server does not name was watched to its end on another device, or its history was
 * cleared there, unless it was left just now.
 */
export function leftAt(here: Left | undefined, there: Answer, now: number): number | null {
  const age = here ? Math.abs(now - here.at) : Number.POSITIVE_INFINITY;
  if (here && age < fresh) return here.seconds;
  if (there === 'pending') return null;
  if (there === 'failed') return here?.seconds ?? 0;
  if (there === null) return here && age < late ? here.seconds : 0;
  return here && here.at > there.at ? here.seconds : there.seconds;
}

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
