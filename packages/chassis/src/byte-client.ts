import type { IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import { type Dispatcher, Pool } from 'undici';
import { DomainError, isTransient } from './errors.ts';
import type { Identity } from './identity.ts';
import { meterSlots, Registry } from './metrics.ts';
import { errorFromAnswer, errorFromConnection, idleConnectionMs, neighbourFailed } from './neighbour.ts';
import { observedCalls } from './neighbour-calls.ts';

export interface ByteClientOptions {
  baseUrl: string;
  identity: Pick<Identity, 'serviceHeaders'>;
  /** The neighbour's name, for logs and metrics. */
  name: string;
  /** Streams at a time; each holds a connection for as long as its viewer is slow. 1,000 unless said. */
  streamsMax?: number;
  patience?: Partial<Patience>;
  /** Where calls and streams are counted. */
  metrics?: Registry;
}

/** How long, in milliseconds, a neighbour may leave us waiting. */
export interface Patience {
  /** For a connection. */
  connectMs: number;
  /** For the beginning of its answer. */
  headersMs: number;
  /** For its answer to a body that has been sent, which it may have to store first; and for taking more of one. */
  storingMs: number;
  /** In the middle of a body that we read. Time in which we do not read does not count: a slow viewer is no silence. */
  silenceMs: number;
}

const usualPatience: Patience = { connectMs: 2_000, headersMs: 10_000, storingMs: 120_000, silenceMs: 30_000 };

export interface ByteAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Readable;
}

export interface ByteClient {
  /**
   * Opens a stream of bytes: 200, or 206 when `range` (both ends included) was asked for.
   * Ends it at its far end when `signal` aborts or `body` is destroyed; a neighbour that goes silent or away destroys
   * `body` with an error.
   * @throws DomainError as the clients of JSON do; the signal's reason when it aborted
   */
  get(
    path: string,
    options: { range?: { start: number; end: number }; ifMatch?: string; signal: AbortSignal },
  ): Promise<ByteAnswer>;
  /**
   * Sends a stream of bytes and gives the JSON that answers it. A body that fails or is cut reaches the far side as one
   * that is not complete. An answer that comes before all is sent ends the sending.
   * @throws DomainError as the clients of JSON do; the body's own error when that broke it off; the signal's reason
   */
  put(
    path: string,
    body: Readable,
    options: { signal: AbortSignal; contentLength?: number; contentType?: string; query?: Record<string, string> },
  ): Promise<unknown>;
  /** Ends what is in hand and closes the connections. */
  close(): Promise<void>;
}

const mostAnswerBytes = 256 * 1024;

/** A client for a neighbour's routes that stream bytes. */
export function createByteClient(options: ByteClientOptions): ByteClient {
  const { name, identity, streamsMax = 1_000 } = options;
  const { connectMs, headersMs, storingMs, silenceMs } = { ...usualPatience, ...options.patience };
  const pool = new Pool(options.baseUrl, {
    connections: streamsMax,
    pipelining: 1,
    connect: { timeout: connectMs },
    keepAliveTimeout: idleConnectionMs,
    keepAliveMaxTimeout: idleConnectionMs,
    headersTimeout: headersMs,
    bodyTimeout: silenceMs,
  });
  const registry = options.metrics ?? new Registry();
  const observed = observedCalls(registry, name);
  let inHand = 0;
  meterSlots(registry, { what: `streams-${name}`, used: () => inHand, limit: streamsMax });

  /** An answer whose body is still to be read, and that is no error. */
  async function request(call: Dispatcher.RequestOptions & { signal: AbortSignal }): Promise<Dispatcher.ResponseData> {
    const asked = `${name}: ${call.method} ${call.path.split('?')[0]}`;
    if (inHand >= streamsMax) throw neighbourFailed('unavailable', new Error(`${asked}: too many streams are open`), 2);
    inHand += 1;
    let answer: Dispatcher.ResponseData;
    try {
      const ask = () =>
        observed(call.method, async () => {
          const headers = { ...(await identity.serviceHeaders()), ...(call.headers as Record<string, string>) };
          return pool.request({ ...call, headers });
        });
      answer = await ask().catch((error: unknown) => {
        if (call.method !== 'GET' || call.signal.aborted || !wentStale(error)) throw error;
        return ask();
      });
    } catch (error) {
      inHand -= 1;
      if (call.signal.aborted) throw call.signal.reason;
      throw errorFromConnection(asked, error);
    }
    answer.body.once('close', () => {
      inHand -= 1;
    });
    if (answer.statusCode < 400) return answer;
    throw errorFromAnswer({
      asked,
      status: answer.statusCode,
      contentType: single(answer.headers['content-type']),
      retryAfter: single(answer.headers['retry-after']),
      body: await textOf(answer.body, asked),
    });
  }

  return {
    async get(path, { range, ifMatch, signal }) {
      const headers: Record<string, string> = {};
      if (range !== undefined) headers.range = `bytes=${range.start}-${range.end}`;
      if (ifMatch !== undefined) headers['if-match'] = ifMatch;
      const answer = await request({ method: 'GET', path, headers, signal });
      return { status: answer.statusCode, headers: answer.headers, body: answer.body };
    },

    async put(path, body, { signal, contentLength, contentType, query }) {
      const headers: Record<string, string> = { 'content-type': contentType ?? 'application/octet-stream' };
      if (contentLength !== undefined) headers['content-length'] = String(contentLength);
      const search = query === undefined ? '' : `?${new URLSearchParams(query)}`;
      const sent = watched(body);
      const call = {
        method: 'PUT',
        path: path + search,
        headers,
        body: sent.bytes,
        signal,
        headersTimeout: storingMs,
      } as const;
      try {
        const answer = await request(call);
        const text = await textOf(answer.body, `${name}: PUT ${path}`);
        return parseJson(text, `${name}: PUT ${path}`);
      } catch (error) {
        // Why the body broke off says more than that it did.
        throw sent.failure !== undefined && !isAnswer(error) && !signal.aborted ? sent.failure.error : error;
      } finally {
        // Answered before all of it was sent, or failed: nobody reads on.
        if (!body.readableEnded) body.destroy();
      }
    },

    close: () => pool.destroy(),
  };
}

/**
 * A neighbour that restarts closes idle connections just when we may be about to use one. RFC 9110 §9.2.2: a request
 * that changes nothing may then be sent again.
 */
function wentStale(error: unknown): boolean {
  return ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'].includes(String((error as { code?: unknown }).code));
}

/** Whether an error is what the neighbour answered, and not that it did not. */
function isAnswer(error: unknown): boolean {
  return error instanceof DomainError && !isTransient(error);
}

/** A body's bytes, and whether it broke off by itself: a stream that undici is given, it also destroys by its own errors. */
function watched(body: Readable): { bytes: Readable; failure?: { error: unknown } } {
  async function* bytes(): AsyncGenerator<Buffer> {
    const chunks = body.iterator();
    try {
      for (;;) {
        // Not a try around the yield: what undici throws in there is not the body's doing.
        const next = await chunks.next().catch((error: unknown) => {
          watch.failure = { error };
          throw error;
        });
        if (next.done) return;
        yield next.value;
      }
    } finally {
      await chunks.return?.();
    }
  }
  const watch: { bytes: Readable; failure?: { error: unknown } } = {
    bytes: Readable.from(bytes(), { objectMode: false }),
  };
  return watch;
}

/** The text of a short answer. */
async function textOf(body: Readable, asked: string): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > mostAnswerBytes) throw new Error(`answered more than ${mostAnswerBytes} bytes`);
      chunks.push(chunk);
    }
  } catch (error) {
    throw errorFromConnection(asked, error);
  }
  return Buffer.concat(chunks).toString();
}

function parseJson(text: string, asked: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw neighbourFailed('bad-neighbour', new Error(`${asked}: answered no JSON`, { cause: error }));
  }
}

const single = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value);
