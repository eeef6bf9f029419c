import { Counter, Histogram, type Registry } from '@flixtube/chassis/metrics';
import type { QualityCounters } from '../domain/playback-quality.ts';

/** How well playback goes, for Prometheus. None of them has a label: a viewer's or a video's would have no end. */
export function prometheusQuality(registry: Registry): QualityCounters {
  const registers = [registry];
  const sessions = new Counter({
    name: 'flixtube_playback_sessions_total',
    help: 'Playback sessions that began: what the others are divided by for figures of one view',
    registers,
  });
  const watched = new Counter({
    name: 'flixtube_playback_watched_seconds_total',
    help: 'Seconds of video that were played: what the stalled ones are divided by for the share of rebuffering',
    registers,
  });
  const startup = new Histogram({
    name: 'flixtube_playback_startup_seconds',
    help: 'How long a viewer waited for the first picture, once a session',
    buckets: [0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 30],
    registers,
  });
  const stalls = new Counter({
    name: 'flixtube_playback_stalls_total',
    help: 'How often players ran out of bytes while they played',
    registers,
  });
  const stalledSeconds = new Histogram({
    name: 'flixtube_playback_stalled_seconds',
    help: 'How long a viewer waited in stalls since the report before, where at all',
    buckets: [0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60],
    registers,
  });
  const errors = new Counter({
    name: 'flixtube_playback_errors_total',
    help: 'How often what was played broke',
    registers,
  });
  return {
    sessionBegan: () => sessions.inc(),
    watched: (seconds) => watched.inc(seconds),
    startedUp: (seconds) => startup.observe(seconds),
    stalled: (times, seconds) => {
      stalls.inc(times);
      if (seconds > 0) stalledSeconds.observe(seconds);
    },
    failed: (times) => errors.inc(times),
  };
}
