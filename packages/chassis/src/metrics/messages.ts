import type { Registry } from 'prom-client';
import { counterIn, histogramIn } from './families.ts';

/** What became of one try to handle a message. */
export type HandlingOutcome = (typeof handlingOutcomes)[number];
const handlingOutcomes = ['applied', 'retried', 'dead-lettered'] as const;

/** Messages in and out, counted and timed. */
export interface MessageMeter {
  /** An event was confirmed by the broker, or was not. */
  published(event: string, confirmed: boolean): void;
  /** Messages of `queue` are going to be handled: what may become of them is shown as 0 from the beginning. */
  consuming(queue: string): void;
  /** A try to handle a message of `queue` ended, so many seconds after it began. */
  handled(queue: string, outcome: HandlingOutcome, seconds: number): void;
}

/** From an update of a document to the encoding of a long piece of video, in seconds. */
const buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900];

export function meterMessages(registry: Registry): MessageMeter {
  const publishing = counterIn(registry, {
    name: 'messages_published_total',
    help: 'Messages that the broker has confirmed, or that could not be published then',
    labelNames: ['event', 'outcome'],
  });
  const handling = histogramIn(registry, {
    name: 'message_handling_duration_seconds',
    help: 'How long tries to handle a message took, and what became of it',
    labelNames: ['queue', 'outcome'],
    buckets,
  });
  return {
    published: (event, confirmed) => publishing.inc({ event, outcome: confirmed ? 'confirmed' : 'failed' }),
    // Prometheus sees no increase in a series that begins with a number: a thousand dead letters within one scrape.
    consuming: (queue) => {
      for (const outcome of handlingOutcomes) handling.zero({ queue, outcome });
    },
    handled: (queue, outcome, seconds) => handling.observe({ queue, outcome }, seconds),
  };
}
