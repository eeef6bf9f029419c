import { DomainError } from '@flixtube/chassis/errors';
import type { Logger } from '@flixtube/chassis/logger';
import { meterSlots, type Registry } from '@flixtube/chassis/metrics';
import { idleConnectionMs } from '@flixtube/chassis/neighbour';
import { type CallNeighbour, observedCalls } from '@flixtube/chassis/neighbour-calls';
import { mostHeaderBytes, type Resource } from '@flixtube/chassis/service';
import { currentTrace } from '@flixtube/chassis/trace';
import { type Dispatcher, Pool } from 'undici';
import { type Circuit, createCircuit } from '../domain/circuit.ts';
import type { Answer, Call, Neighbours } from '../domain/neighbours.ts';
import type { Lane, Neighbour } from '../domain/routing-table.ts';

export interface NeighbourOptions {
  urls: Record<Neighbour, string>;
  logger: Logger;
  /** Where calls and what they take are counted. */
  metrics: Registry;
  /** How long the answer to a request may take to begin. */
  answerSeconds: number;
  /** How long an answer may pause in its middle while we wait for it. */
  stallSeconds: number;
  /** How many files pass at a time to and from one neighbour: each holds a connection as long as its viewer is slow. */
  streamsMax: number;
}

const connectMs = 2_000;
const jsonConnections = 64;
/** How many requests of the API may wait for one of those; a neighbour that is further behind is overloaded. */
const jsonQueue = 256;
/** An upload is answered when it is stored whole, which may take a while after its last byte. */
const storingSeconds = 120;
const breakerPolicy = { failures: 5, probeMs: 1_000 };

/** Connections to one neighbour for one lane. */
class Line {
  readonly pool: Pool;
  readonly #most: number;
  #inHand = 0;

  constructor(
    url: string,
    connections: number,
    queue: number,
    timeouts: { headersTimeout: number; bodyTimeout: number },
  ) {
    this.#most = connections + queue;
    this.pool = new Pool(url, {
      ...{ connections, pipelining: 1, connect: { timeout: connectMs }, ...timeouts },
      keepAliveTimeout: idleConnectionMs,
      keepAliveMaxTimeout: idleConnectionMs,
      // An upload's metadata comes back as it was sent (tus 1.0.0, HEAD).
      maxHeaderSize: mostHeaderBytes,
    });
  }

  get inHand(): number {
    return this.#inHand;
  }

  get full(): boolean {
    return this.#inHand >= this.#most;
  }

  async request(call: Call, headersTimeout: number | undefined): Promise<Dispatcher.ResponseData> {
    const trace = currentTrace();
    this.#inHand += 1;
    let held = true;
    const release = () => {
      if (held) this.#inHand -= 1;
      held = false;
    };
    try {
      const answer = await this.pool.request({
        method: call.method as Dispatcher.HttpMethod,
        path: call.target,
        headers: { ...call.headers, ...(trace && { traceparent: trace.traceparent }) },
        body: call.body ?? null,
        signal: call.signal,
        // undici would close the connection after every HEAD; our services know what a HEAD is.
        reset: false,
        ...(headersTimeout === undefined ? {} : { headersTimeout }),
      });
      answer.body.once('close', release);
      return answer;
    } catch (error) {
      release();
      throw error;
    }
  }
}

/** {@link Neighbours} over keep-alive connections, and what their circuits know. */
export function createNeighbours(options: NeighbourOptions): Neighbours & Resource {
  const timeouts = { headersTimeout: options.answerSeconds * 1000, bodyTimeout: options.stallSeconds * 1000 };
  const names = Object.keys(options.urls) as Neighbour[];
  const linesOf = (name: Neighbour): { circuit: Circuit; lanes: Record<Lane, Line> } => ({
    circuit: createCircuit(breakerPolicy),
    lanes: {
      json: new Line(options.urls[name], jsonConnections, jsonQueue, timeouts),
      bytes: new Line(options.urls[name], options.streamsMax, 0, timeouts),
    },
  });
  const observed = Object.fromEntries(names.map((name) => [name, observedCalls(options.metrics, name)])) as Record<
    Neighbour,
    CallNeighbour
  >;
  const lines = Object.fromEntries(names.map((name) => [name, linesOf(name)])) as Record<
    Neighbour,
    ReturnType<typeof linesOf>
  >;

  for (const name of names) {
    const { json, bytes } = lines[name].lanes;
    meterSlots(options.metrics, {
      what: `requests-${name}`,
      used: () => Math.min(json.inHand, jsonConnections),
      limit: jsonConnections,
      waiting: () => Math.max(0, json.inHand - jsonConnections),
    });
    meterSlots(options.metrics, { what: `streams-${name}`, used: () => bytes.inHand, limit: options.streamsMax });
  }

  async function attempt(name: Neighbour, call: Call): Promise<Answer> {
    const { circuit, lanes } = lines[name];
    const line = lanes[call.lane];
    if (line.full)
      throw new DomainError('unavailable', 'Too many are being served just now. Please try again in a moment.', {
        retryAfterSeconds: 2,
      });
    if (!circuit.admits()) throw unavailable();
    const stores = call.lane === 'bytes' && call.body !== undefined;
    try {
      const { statusCode, headers, body } = await observed[name](call.method, () =>
        line.request(call, stores ? storingSeconds * 1000 : undefined),
      );
      if (circuit.open) options.logger.info({ neighbour: name }, 'neighbour is back');
      circuit.succeeded();
      return { status: statusCode, headers, body };
    } catch (error) {
      // The viewer left, or sent a body that we refuse: neither says anything of the neighbour.
      if (call.signal.aborted || error instanceof DomainError || unsendable.has(codeOf(error))) throw error;
      const wasOpen = circuit.open;
      circuit.failed();
      if (circuit.open && !wasOpen) options.logger.warn({ neighbour: name, err: error }, 'neighbour is down');
      throw error;
    }
  }

  return {
    name: 'neighbours',
    start: async () => undefined,
    check: async () => undefined,
    async stop() {
      await Promise.all(names.flatMap((name) => Object.values(lines[name].lanes).map(({ pool }) => pool.destroy())));
    },

    async call(name, call) {
      try {
        return await attempt(name, call);
      } catch (error) {
        if (!wentStale(error) || !repeatable(call)) throw explain(error, call.signal);
        return await attempt(name, call).catch((again) => {
          throw explain(again, call.signal);
        });
      }
    },

    reachable: () =>
      Object.fromEntries(names.map((name) => [name, !lines[name].circuit.open])) as Record<Neighbour, boolean>,
  };
}

/** RFC 9110 §9.2.2: what changes nothing may be sent again when its connection closed before an answer. */
function repeatable({ method, body, signal }: Call): boolean {
  return (method === 'GET' || method === 'HEAD') && body === undefined && !signal.aborted;
}

/** A neighbour that restarts closes idle connections just when we may be about to use one. */
function wentStale(error: unknown): boolean {
  return ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'].includes(codeOf(error));
}

function explain(error: unknown, signal: AbortSignal): unknown {
  if (error instanceof DomainError || signal.aborted) return error;
  const code = codeOf(error);
  if (unsendable.has(code)) {
    return new DomainError('invalid', 'The request holds header fields that cannot be passed on.', { cause: error });
  }
  if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT') {
    return new DomainError('timeout', 'This took too long. Please try again in a moment.', { cause: error });
  }
  if (code === 'UND_ERR_CONNECT_TIMEOUT' || unreachable.has(code)) return unavailable(error);
  return new DomainError('bad-neighbour', 'A part of FlixTube broke off before it answered. Please try again.', {
    cause: error,
  });
}

/** Of what the client sent, not of the neighbour. */
const unsendable = new Set(['UND_ERR_INVALID_ARG', 'UND_ERR_NOT_SUPPORTED', 'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH']);
const unreachable = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT']);

function unavailable(cause?: unknown): DomainError {
  return new DomainError(
    'unavailable',
    'This part of FlixTube is not available just now. Please try again in a moment.',
    {
      retryAfterSeconds: 2,
      cause,
    },
  );
}

/** Connecting to a name with several addresses fails with an error that only collects those of each. */
function codeOf(error: unknown): string {
  if (error instanceof AggregateError && codeIn(error) === '') return codeOf(error.errors[0]);
  return codeIn(error);
}

function codeIn(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : '';
}
