import type { Readable } from 'node:stream';
import type { Lane, Neighbour } from './routing-table.ts';

/** A request as a neighbour gets it. */
export interface Call {
  method: string;
  /** Path and query, percent-encoded. */
  target: string;
  headers: Record<string, string>;
  /** Absent when the request has no body. */
  body?: Readable;
  lane: Lane;
  /** Ends the exchange at once, whatever state it is in. */
  signal: AbortSignal;
}

/** A neighbour's answer; its body is still to come. */
export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Readable;
}

/** The services behind the gateway. */
export interface Neighbours {
  /**
   * Resolves when the answer begins. Its body breaks off with an error when the neighbour does.
   *
   * @throws DomainError 'unavailable' when it can't be reached or is known to be down, 'bad-neighbour' when it broke off
   * before it answered, 'timeout' when it did not begin its answer in time, and whatever `call.body` failed with
   */
  call(neighbour: Neighbour, call: Call): Promise<Answer>;
  /** Whether each could be reached when it was last tried. */
  reachable(): Record<Neighbour, boolean>;
}
