import { setTimeout as sleep } from 'node:timers/promises';
import { DomainError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import type { CheckResult } from './health.ts';

/** Something that a service stands on and that has a life of its own: a database, a broker, a relay, a sweep. */
export interface Resource {
  /** Names it in readiness and logs: `mongodb`, `rabbitmq`. */
  name: string;
  /** Makes it usable; rejects when that fails, and is called again later, so it must leave nothing half done. */
  start(): Promise<void>;
  /** Whether it is usable now; rejects with a DomainError whose `detail` says what is missing, within a second. */
  check(): Promise<void>;
  /** Takes no new work (a consumer's messages) and resolves when the work in hand has ended. Called before stop(). */
  quiesce?(): Promise<void>;
  /** Releases everything; also when start() has never succeeded or still runs. */
  stop(): Promise<void>;
}

export interface SupervisedResources {
  start(): void;
  started(): Promise<void>;
  check(): Promise<Record<string, CheckResult>>;
  quiesce(deadline: AbortSignal): Promise<void>;
  stop(deadline: AbortSignal): Promise<void>;
}

const checkMs = 1_000;
const firstDelayMs = 250;
const longestDelayMs = 10_000;
/** What a resource gets for releasing its connections when the deadline for work in hand has already passed. */
const releaseMs = 3_000;

/** Starts each resource by itself until it succeeds, asks them how they are, stops them in reverse order. */
export function superviseResources(resources: readonly Resource[], logger: Logger): SupervisedResources {
  const stopping = new AbortController();
  const ready = new Set<Resource>();
  const starts = new Map<Resource, Promise<void>>();
  let checking: Promise<Record<string, CheckResult>> | undefined;

  async function startOne(resource: Resource): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      try {
        await resource.start();
        ready.add(resource);
        logger.info({ resource: resource.name }, 'resource started');
        return;
      } catch (error) {
        if (stopping.signal.aborted) return;
        const delayMs = Math.min(longestDelayMs, firstDelayMs * 2 ** Math.min(attempt, 10)) * (0.5 + Math.random() / 2);
        logger.warn({ err: error, resource: resource.name, retryInMs: Math.round(delayMs) }, 'resource did not start');
        await sleep(delayMs, undefined, { signal: stopping.signal }).catch(() => {});
        if (stopping.signal.aborted) return;
      }
    }
  }

  async function checkOne(resource: Resource): Promise<CheckResult> {
    if (!ready.has(resource)) return { ok: false, detail: 'has not started yet' };
    try {
      await within(checkMs, resource.check());
      return { ok: true };
    } catch (error) {
      // Only a DomainError's words are meant for people: a driver's would name hosts.
      return { ok: false, detail: error instanceof DomainError ? error.detail : 'is not usable now' };
    }
  }

  return {
    start() {
      for (const resource of resources) starts.set(resource, startOne(resource));
    },

    async started() {
      await Promise.all(starts.values());
    },

    check() {
      // Many who ask at once cost one look.
      checking ??= Promise.all(resources.map(async (one) => [one.name, await checkOne(one)] as const))
        .then((results) => Object.fromEntries(results))
        .finally(() => {
          checking = undefined;
        });
      return checking;
    },

    async quiesce(deadline) {
      stopping.abort();
      await Promise.all(
        resources.map(async (resource) => {
          try {
            if (resource.quiesce !== undefined && ready.has(resource)) await until(deadline, resource.quiesce());
          } catch (error) {
            logger.warn({ err: error, resource: resource.name }, 'resource did not come to rest');
          }
        }),
      );
    },

    async stop(deadline) {
      stopping.abort();
      for (const resource of resources.toReversed()) {
        try {
          await stopOne(resource, deadline);
        } catch (error) {
          logger.warn({ err: error, resource: resource.name }, 'resource did not stop cleanly');
        }
      }
    },
  };

  async function stopOne(resource: Resource, deadline: AbortSignal): Promise<void> {
    await until(deadline, resource.stop(), releaseMs);
    // A start that was still under way and then succeeds has made what nobody will use.
    if (starts.has(resource) && !ready.has(resource)) {
      void starts
        .get(resource)
        ?.then(() => (ready.has(resource) ? resource.stop() : undefined))
        .catch(() => {});
    }
  }
}

/** `work`'s outcome, or a rejection when it takes longer than `ms`. */
async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new DomainError('timeout', `did not answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** `work`'s outcome, or a rejection `graceMs` after `deadline`. */
async function until<T>(deadline: AbortSignal, work: Promise<T>, graceMs = 0): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  let begin = () => {};
  const late = new Promise<never>((_resolve, reject) => {
    begin = () => {
      timer = setTimeout(() => reject(new DomainError('timeout', 'did not end in time')), graceMs);
    };
  });
  if (deadline.aborted) begin();
  else deadline.addEventListener('abort', begin, { once: true });
  try {
    return await Promise.race([work, late]);
  } finally {
    deadline.removeEventListener('abort', begin);
    clearTimeout(timer);
  }
}
