import type { Delivery } from './delivery.ts';
import type { FlixEvent } from './event.ts';

const maxRemembered = 1_000;

/** CloudEvents §3.1.1: source and id together are unique. */
export function keyOf(event: FlixEvent): string {
  return `${event.source} ${event.id}`;
}

/**
 * Events that were applied here and whose acknowledgement could not be sent, since the channel was gone by then. They
 * come again and need no second handling. Only spares work: a process forgets, so handlers are idempotent all the same.
 */
export class AppliedEvents {
  readonly #unacknowledged = new Set<string>();

  /** Acknowledges an event that was applied now, or remembers it for when it comes again. */
  acknowledge(event: FlixEvent, delivery: Delivery): void {
    if (delivery.acknowledge()) return;
    this.#unacknowledged.add(keyOf(event));
    if (this.#unacknowledged.size <= maxRemembered) return;
    for (const oldest of this.#unacknowledged) {
      this.#unacknowledged.delete(oldest);
      return;
    }
  }

  /** True when the event was applied before; it is acknowledged then. */
  settle(event: FlixEvent, delivery: Delivery): boolean {
    const key = keyOf(event);
    if (!this.#unacknowledged.has(key)) return false;
    if (delivery.acknowledge()) this.#unacknowledged.delete(key);
    return true;
  }
}
