/**
 * Remembers whether a neighbour is down, so that who asks for it is told at once and does not wait for a connection that
 * can't be had.
 */
export interface Circuit {
  readonly open: boolean;
  /** Whether to try now. While it is open, one attempt an interval may pass to see whether the neighbour is back. */
  admits(): boolean;
  /** The neighbour answered, whatever it said. */
  succeeded(): void;
  /** The neighbour could not be reached, broke off, or did not answer in time. */
  failed(): void;
}

/**
 * A probe is not waited for, unlike in the usual half-open state: it may be an upload, whose answer is an hour away.
 *
 * @param options.failures how many in a row open it
 * @param options.probeMs how often to try while it is open
 */
export function createCircuit(options: { failures: number; probeMs: number; now?: () => number }): Circuit {
  const now = options.now ?? Date.now;
  let failures = 0;
  let nextProbeAt = 0;
  const isOpen = () => failures >= options.failures;
  return {
    get open() {
      return isOpen();
    },
    admits() {
      if (!isOpen()) return true;
      if (now() < nextProbeAt) return false;
      nextProbeAt = now() + options.probeMs;
      return true;
    },
    succeeded() {
      failures = 0;
    },
    failed() {
      failures += 1;
      if (failures === options.failures) nextProbeAt = now() + options.probeMs;
    },
  };
}
