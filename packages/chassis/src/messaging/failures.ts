import { isTransient } from '../errors.ts';
import { withoutSecrets } from '../logger.ts';
import type { HandlingOutcome } from '../metrics/messages.ts';
import { mapMongoError } from '../mongo-errors.ts';
import { backoff, delay } from './backoff.ts';

/** How failures of handlers are met. Times in milliseconds. */
export interface RetryPolicy {
  /** The first and the longest wait after a transient failure, which is retried for as long as it takes. */
  transientFirstMs: number;
  transientMaxMs: number;
  /** How often in all a message is tried whose failure is not transient, and the first wait between. */
  tries: number;
  firstMs: number;
  /** A message in transient trouble for longer than this is put back into its queue as a new one. */
  maxHoldMs: number;
  /** How long a message that is not known here waits before it is put back, and for how long it may go round so. */
  putBackAfterMs: number;
  putBackForMs: number;
}

/**
 * Thrown by a handler that has met a message of a newer version's: in a rolling deployment replicas of both take from one
 * queue. It is put back for another replica, and dead-lettered when for an hour it has met none that knows it.
 */
export class NotKnownHere extends Error {
  override name = 'NotKnownHere';
}

export const defaultRetryPolicy: RetryPolicy = {
  transientFirstMs: 1_000,
  transientMaxMs: 30_000,
  tries: 5,
  firstMs: 500,
  // Well within RabbitMQ's consumer_timeout of 30 minutes.
  maxHoldMs: 15 * 60_000,
  // Waiting takes a place that a message of this version could have.
  putBackAfterMs: 1_000,
  // A canary may run beside the old version for most of that. Then it was taken back, and nobody will know the message.
  putBackForMs: 60 * 60_000,
};

/**
 * What became of an attempt: `applied`; `poison`, never to succeed, with the reason; `held`, transient trouble for
 * longer than a message may be held; `not-known`, one for another replica; `abandoned`, since we stop or the channel is
 * gone.
 */
export type Outcome =
  | { kind: 'applied' }
  | { kind: 'poison'; reason: string }
  | { kind: 'held' }
  | { kind: 'not-known' }
  | { kind: 'abandoned' };

/** Tries until it is applied, or there is a reason not to try again. Never rejects. */
export async function persevere(
  attempt: () => Promise<void>,
  o: {
    policy: RetryPolicy;
    maxHoldMs?: number;
    /** Whether it may be left to another replica. */
    mayPutBack?: boolean;
    signal: AbortSignal;
    onFailure(error: unknown, nextInMs?: number): void;
    /** Each try, with what becomes of the message by it and how long it took. */
    onTried(outcome: HandlingOutcome, seconds: number): void;
  },
): Promise<Outcome> {
  const { policy, signal } = o;
  const since = performance.now();
  let transient = 0;
  let failures = 0;
  while (!signal.aborted) {
    let wait: number;
    const triedAt = performance.now();
    const tried = (outcome: HandlingOutcome) => o.onTried(outcome, (performance.now() - triedAt) / 1_000);
    try {
      await attempt();
      tried('applied');
      return { kind: 'applied' };
    } catch (thrown) {
      // An adapter that forgot to translate its driver's network error must not cost a message.
      const error = mapMongoError(thrown);
      if (error instanceof NotKnownHere && o.mayPutBack) {
        tried('retried');
        return { kind: 'not-known' };
      }
      if (isTransient(error)) {
        tried('retried');
        transient += 1;
        wait = backoff(transient, policy.transientFirstMs, policy.transientMaxMs);
        o.onFailure(error, wait);
        if (performance.now() - since + wait > (o.maxHoldMs ?? policy.maxHoldMs)) return { kind: 'held' };
      } else {
        failures += 1;
        tried(failures >= policy.tries ? 'dead-lettered' : 'retried');
        if (failures >= policy.tries) {
          o.onFailure(error);
          return { kind: 'poison', reason: describe(error) };
        }
        wait = backoff(failures, policy.firstMs, policy.transientMaxMs);
        o.onFailure(error, wait);
      }
    }
    await delay(wait, signal);
  }
  return { kind: 'abandoned' };
}

/** The reason that goes with a dead letter, into the log, and to an operator. */
function describe(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return withoutSecrets(text).slice(0, 1_000);
}
