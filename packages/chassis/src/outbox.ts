import type { Collection, Document, Filter } from 'mongodb';
import { DomainError, isTransient } from './errors.ts';
import type { Logger } from './logger.ts';
import { backoff, delay } from './messaging/backoff.ts';
import type { Broker } from './messaging/broker.ts';
import type { FlixEvent } from './messaging/event.ts';
import { measureOutbox } from './metrics/outbox.ts';
import { Registry } from './metrics.ts';
import { withMongo } from './mongo.ts';
import type { Resource } from './service.ts';

/** Relays events from documents to the broker: what is written with the change is published, sooner or later. */
export interface Outbox extends Resource {
  /** Call after a write that put an event into `outbox`. With the document's _id no search is needed to find it. */
  notify(documentId?: unknown): void;
}

// Whatever type it is, it is only handed back to the database.
type DocumentId = string;

interface Pending {
  _id: DocumentId;
  outbox: FlixEvent[];
}

const sweepMs = 10_000;
// Documents read at once, and of those relayed at once.
const batchSize = 100;
const concurrency = 8;
// Documents whose event was refused, waiting for their next try; a pass looks beyond them for others.
const maxRefused = 1_000;

/**
 * An outbox on the documents of a collection: each carries `outbox: FlixEvent[]`, written in the same update as the
 * change that the events tell of. Published in order per document, at least once, and pulled out by id when confirmed.
 */
export function createOutbox<D extends Document>(o: {
  collection: Collection<D>;
  broker: Broker;
  logger: Logger;
  /** Where what waits is counted. */
  metrics?: Registry;
}): Outbox {
  const relay = new Relay(o.collection as unknown as Collection<Pending>, o.broker, o.logger);
  o.broker.onPublishable(() => relay.wake());
  measureOutbox(o.metrics ?? new Registry(), o.collection);
  return {
    name: `outbox of ${o.collection.collectionName}`,
    notify: (documentId) => relay.wake(documentId as DocumentId | undefined),
    start: async () => relay.start(),
    check: async () => {
      if (!relay.running) throw new DomainError('unavailable', 'Events are not being passed on: the relay is stopped.');
    },
    stop: () => relay.stop(),
  };
}

class Relay {
  readonly #collection: Collection<Pending>;
  readonly #broker: Broker;
  readonly #logger: Logger;
  readonly #stopping = new AbortController();
  readonly #refused = new Map<DocumentId, { failures: number; notBefore: number }>();
  readonly #named = new Set<DocumentId>();
  #wake = new AbortController();
  #searchWanted = true;
  #indexed = false;
  #loop: Promise<void> | undefined;

  constructor(collection: Collection<Pending>, broker: Broker, logger: Logger) {
    this.#collection = collection;
    this.#broker = broker;
    this.#logger = logger;
  }

  get running(): boolean {
    return this.#loop !== undefined && !this.#stopping.signal.aborted;
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#wake.abort();
    await this.#loop;
  }

  /** Many calls during one pass cause one more pass. */
  wake(documentId?: DocumentId): void {
    if (documentId !== undefined && this.#named.size < maxRefused) this.#named.add(documentId);
    else this.#searchWanted = true;
    this.#wake.abort();
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      this.#wake = new AbortController();
      try {
        if (this.#broker.canPublish()) await this.#pass();
        // Nobody's fault then: once the broker is back, all of it is tried again at once.
        else this.#refused.clear();
      } catch (err) {
        this.#searchWanted = true;
        this.#logger.warn({ err, outbox: this.#collection.collectionName }, 'the outbox could not be relayed');
        await delay(1_000, this.#stopping.signal);
      }
      if (this.#stopping.signal.aborted) return;
      const woken = this.#wake.signal;
      await delay(this.#sleepMs(), woken);
      // The sweep: for events whose notifier died. Jitter keeps replicas from sweeping in step.
      if (!woken.aborted) this.#searchWanted = true;
    }
  }

  #sleepMs(): number {
    const now = performance.now();
    const due = [...this.#refused.values()].map(({ notBefore }) => notBefore - now);
    return Math.max(100, Math.min(sweepMs * (0.8 + Math.random() * 0.4), ...due));
  }

  async #pass(): Promise<void> {
    const now = performance.now();
    const due = [...this.#refused].filter(([, { notBefore }]) => notBefore <= now).map(([id]) => id);
    const wanted = new Set([...this.#named, ...due]);
    this.#named.clear();
    await this.#relayAll([...wanted]);
    if (!this.#searchWanted || !this.#broker.canPublish()) return;
    this.#searchWanted = false;
    await this.#ensureIndex();
    for (;;) {
      if (this.#stopping.signal.aborted || !this.#broker.canPublish()) return;
      const waiting = [...this.#refused.keys()];
      const filter: Filter<Pending> = { 'outbox.id': { $gt: '' } };
      if (waiting.length > 0) filter._id = { $nin: waiting };
      const found = await withMongo(() =>
        this.#collection
          .find(filter, { projection: { _id: 1 } })
          .limit(batchSize)
          .toArray(),
      );
      await this.#relayAll(shuffled(found.map(({ _id }) => _id)));
      if (found.length < batchSize || this.#refused.size >= maxRefused) return;
    }
  }

  /** Without the index a search is a scan: slow, but not wrong. So relaying does not wait for it. */
  async #ensureIndex(): Promise<void> {
    if (this.#indexed) return;
    try {
      await this.#collection.createIndex({ 'outbox.id': 1 });
      this.#indexed = true;
    } catch (err) {
      this.#logger.warn({ err, outbox: this.#collection.collectionName }, 'the outbox has no index yet');
    }
  }

  async #relayAll(ids: DocumentId[]): Promise<void> {
    let next = 0;
    const worker = async () => {
      while (next < ids.length && !this.#stopping.signal.aborted) {
        const id = ids[next] as DocumentId;
        next += 1;
        try {
          await this.#relayOne(id);
        } catch (error) {
          // The database is away, for the other documents as well; anything else is this document's own trouble.
          if (!isTransient(error)) {
            this.#refuse(id, error);
            continue;
          }
          next = ids.length;
          throw error;
        }
      }
    };
    const results = await Promise.allSettled(Array.from({ length: Math.min(concurrency, ids.length) }, worker));
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }

  /** Publishes a document's events in order. Read afresh, since another replica may have relayed it meanwhile. */
  async #relayOne(id: DocumentId): Promise<void> {
    const document = await withMongo(() => this.#collection.findOne({ _id: id }, { projection: { outbox: 1 } }));
    for (const event of document?.outbox ?? []) {
      if (this.#stopping.signal.aborted) return;
      try {
        await this.#broker.publish(event);
      } catch (error) {
        this.#refuse(id, error);
        return;
      }
      await this.#remove(id, event);
    }
    this.#refused.delete(id);
  }

  async #remove(id: DocumentId, event: FlixEvent): Promise<void> {
    // The whole event, as it was read: FerretDB 1 pulls equal elements only and knows no condition such as {id}.
    const { modifiedCount } = await withMongo(() =>
      this.#collection.updateOne({ _id: id }, { $pull: { outbox: event } }),
    );
    if (modifiedCount > 0) return;
    const left = await withMongo(() => this.#collection.countDocuments({ _id: id, 'outbox.id': event.id }));
    // Nearly always another replica has removed it. If not, it must not be published over and over without a pause.
    if (left > 0) throw new Error('A published event could not be removed from its document');
  }

  #refuse(id: DocumentId, err: unknown): void {
    const failures = (this.#refused.get(id)?.failures ?? 0) + 1;
    const waitMs = backoff(failures, 500, 10_000);
    this.#refused.set(id, { failures, notBefore: performance.now() + waitMs });
    this.#logger.warn({ err, documentId: id, waitMs }, 'an event could not be published yet');
  }
}

/** In random order, so that replicas that look at the same time seldom relay the same document at the same time. */
function shuffled<T>(items: T[]): T[] {
  return items
    .map((item) => ({ item, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
