import { LRUCache } from 'lru-cache';

/** What a player has told of its session until now, all in all. */
export interface QualityReport {
  videoId: string;
  viewerId: string;
  sessionId: string;
  watchedSeconds: number;
  /** How long the viewer waited for the first picture. */
  startupSeconds?: number | undefined;
  /** How often the player ran out of bytes while it played, and how long the viewer waited in those. */
  stalls?: number | undefined;
  stalledSeconds?: number | undefined;
  /** How often what was played broke. */
  errors?: number | undefined;
}

/** What happened, all sessions together. */
export interface QualityCounters {
  sessionBegan(): void;
  watched(seconds: number): void;
  startedUp(seconds: number): void;
  stalled(times: number, seconds: number): void;
  failed(times: number): void;
}

/** As many as are told of at the same time, and more: a session that was forgotten counts nothing twice, but once less. */
const mostSessions = 50_000;

/**
 * A session of which more than this was watched before it is heard of here has been counted by another replica, or by this
 * one before it was started anew: a player tells of itself after five seconds at the latest.
 */
const latestFirstReport = 30;

/** What of a session has been counted. */
interface Counted {
  startedUp: boolean;
  watchedSeconds: number;
  stalls: number;
  stalledSeconds: number;
  errors: number;
}

const nothing: Counted = { startedUp: false, watchedSeconds: 0, stalls: 0, stalledSeconds: 0, errors: 0 };

/**
 * Counts how well playback goes. Reports hold all that the ones before them did, come more than once, and in any order: so
 * what counts is what is new in one.
 *
 * Each replica knows what it was told itself; where several share the reports of one session, some of it counts twice.
 */
export class PlaybackQuality {
  readonly #counters: QualityCounters;
  readonly #sessions: LRUCache<string, Counted>;

  constructor(o: { counters: QualityCounters; mostSessions?: number }) {
    this.#counters = o.counters;
    this.#sessions = new LRUCache({ max: o.mostSessions ?? mostSessions });
  }

  note(report: QualityReport): void {
    const { watchedSeconds, startupSeconds, stalls = 0, stalledSeconds = 0, errors = 0 } = report;
    const session = JSON.stringify([report.videoId, report.viewerId, report.sessionId]);
    const before = this.#sessions.get(session);
    const counted = before ?? nothing;
    const now: Counted = {
      startedUp: counted.startedUp || startupSeconds !== undefined,
      watchedSeconds: Math.max(counted.watchedSeconds, watchedSeconds),
      stalls: Math.max(counted.stalls, stalls),
      stalledSeconds: Math.max(counted.stalledSeconds, stalledSeconds),
      errors: Math.max(counted.errors, errors),
    };
    if (before === undefined && watchedSeconds > latestFirstReport) {
      this.#sessions.set(session, { ...now, startedUp: true });
      return;
    }
    this.#sessions.set(session, now);
    if (before === undefined) this.#counters.sessionBegan();
    if (startupSeconds !== undefined && !counted.startedUp) this.#counters.startedUp(startupSeconds);
    this.#counters.watched(now.watchedSeconds - counted.watchedSeconds);
    this.#counters.stalled(now.stalls - counted.stalls, now.stalledSeconds - counted.stalledSeconds);
    this.#counters.failed(now.errors - counted.errors);
  }
}
