/** What a player told, once: where it was at a time, and what it had watched in its session by then. */
export interface Report {
  viewerId: string;
  videoId: string;
  sessionId: string;
  positionSeconds: number;
  /** All that was watched since the playback session began. */
  watchedSeconds: number;
  /** The video's length as the player knows it. */
  durationSeconds: number | undefined;
  at: Date;
}

/** The newest that is known of one viewer's watching of one video. */
export interface Watching {
  viewerId: string;
  videoId: string;
  positionSeconds: number;
  /** Begun, and not nearly finished: worth going on with. */
  unfinished: boolean;
  watchedAt: Date;
}

/** A view that may count: it does unless this viewer, video and hour, or this session, has counted already. */
export interface ViewCandidate {
  viewerId: string;
  videoId: string;
  sessionId: string;
  /** Hours since 1970, UTC. */
  hour: number;
  /** When enough was watched. */
  at: Date;
}

const hourMs = 3600_000;
const longestUnviewedSeconds = 10;
const begunSeconds = 5;
const begunFraction = 0.05;
const finishedFraction = 0.95;

/**
 * What a batch of reports comes to: of each viewer and video the newest position, and at most one candidate a session
 * and hour.
 *
 * @param durations the lengths that the catalogue knows, by video; they come before what players say
 */
export function digest(
  reports: readonly Report[],
  durations: ReadonlyMap<string, number>,
): { watchings: Watching[]; candidates: ViewCandidate[] } {
  const watchings = new Map<string, Watching>();
  const candidates = new Map<string, ViewCandidate>();
  for (const report of reports.toSorted((a, b) => a.at.getTime() - b.at.getTime())) {
    const { viewerId, videoId, sessionId } = report;
    const duration = durations.get(videoId) ?? report.durationSeconds;
    watchings.set(`${viewerId} ${videoId}`, watchingOf(report, duration));
    if (!countsAsView(report.watchedSeconds, duration)) continue;
    const hour = Math.floor(report.at.getTime() / hourMs);
    const key = `${viewerId} ${videoId} ${sessionId} ${hour}`;
    if (!candidates.has(key)) candidates.set(key, { viewerId, videoId, sessionId, hour, at: report.at });
  }
  return { watchings: [...watchings.values()], candidates: [...candidates.values()] };
}

/** Whether enough was watched: 10 seconds, or half of a shorter video. */
function countsAsView(watchedSeconds: number, durationSeconds: number | undefined): boolean {
  const half = (durationSeconds ?? Number.POSITIVE_INFINITY) / 2;
  return watchedSeconds > 0 && watchedSeconds >= Math.min(longestUnviewedSeconds, half);
}

/** From where on, and up to where, a video of this length is begun and not nearly finished. In seconds. */
export function unfinishedRange(durationSeconds: number): { from: number; below: number } {
  return {
    from: Math.min(begunSeconds, durationSeconds * begunFraction),
    below: durationSeconds * finishedFraction,
  };
}

function watchingOf(report: Report, duration = Number.POSITIVE_INFINITY): Watching {
  const { viewerId, videoId, at } = report;
  const positionSeconds = Math.min(report.positionSeconds, duration);
  const { from, below } = unfinishedRange(duration);
  const unfinished = positionSeconds >= from && positionSeconds < below;
  return { viewerId, videoId, positionSeconds, unfinished, watchedAt: at };
}
