import { counterIn, histogramIn, meterSlots, type Registry } from '@flixtube/chassis/metrics';
import type { Capacity, SlotsInUse } from '../domain/encoder-slots.ts';
import type { Failure } from '../domain/processing.ts';
import type { ProcessingMeter } from '../domain/processing-meter.ts';

const taskBuckets = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300, 900, 3600];
/** From a short clip to hours of video, which wait for other videos as well. */
const waitBuckets = [1, 2, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600, 1200, 1800, 3600, 7200, 14_400, 43_200];

const failureKinds: Failure['kind'][] = ['unreadable', 'unsupported', 'out-of-space', 'internal'];

/** How processing goes, for Prometheus. Labels are of few values: a video's would have no end. */
export function prometheusProcessing(registry: Registry): ProcessingMeter {
  const tasks = histogramIn(registry, {
    name: 'processing_task_duration_seconds',
    help: 'How long attempts at a task took, and how they ended',
    labelNames: ['task', 'outcome'],
    buckets: taskBuckets,
  });
  const playable = histogramIn(registry, {
    name: 'processing_playable_seconds',
    help: 'How long it took from the end of an upload until something of the video could be played as HLS',
    buckets: waitBuckets,
  });
  const ready = histogramIn(registry, {
    name: 'processing_ready_seconds',
    help: 'How long it took from the end of an upload until all of the video was ready',
    buckets: waitBuckets,
  });
  const failures = counterIn(registry, {
    name: 'processing_failures_total',
    help: 'Videos whose processing ended without a result',
    labelNames: ['kind'],
  });
  // There from the beginning: of a series that begins with its first failure, Prometheus sees no increase.
  for (const kind of failureKinds) failures.inc({ kind }, 0);
  return {
    taskEnded: (task, outcome, seconds) => tasks.observe({ task, outcome }, seconds),
    playable: (seconds) => playable.observe(seconds),
    ready: (seconds) => ready.observe(seconds),
    failed: (kind) => failures.inc({ kind }),
  };
}

/** How many of the encoders' slots and how much of their memory is taken, for Prometheus. */
export function watchSlots(registry: Registry, slots: SlotsInUse, capacity: Capacity): void {
  const { encoders, memoryBytes } = capacity;
  meterSlots(registry, {
    what: 'encoders',
    used: () => slots.encoders,
    limit: encoders,
    waiting: () => slots.waiting,
  });
  meterSlots(registry, { what: 'encoder-memory-bytes', used: () => slots.bytes, limit: memoryBytes });
}
