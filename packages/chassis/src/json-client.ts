import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import axios, { type AxiosAdapter, AxiosError, type AxiosInstance, type InternalAxiosRequestConfig } from 'axios';
import {
  ConsecutiveBreaker,
  circuitBreaker,
  ExponentialBackoff,
  handleWhen,
  isBrokenCircuitError,
  retry,
} from 'cockatiel';
import { DomainError, isTransient } from './errors.ts';
import type { Identity } from './identity.ts';
import { Registry } from './metrics.ts';
import { errorFromAnswer, errorFromConnection, idleConnectionMs, neighbourFailed } from './neighbour.ts';
import { observedCalls } from './neighbour-calls.ts';

export type JsonClient = AxiosInstance & {
  /** Closes the connections that are kept for later calls. */
  close(): void;
};

export interface JsonClientOptions {
  baseUrl: string;
  identity: Pick<Identity, 'serviceHeaders'>;
  /** The neighbour's name, for logs and metrics. */
  name: string;
  /** For a whole call with its retries, in milliseconds; 5,000 unless said here or in the call's own `timeout`. */
  timeoutMs?: number;
  /** Where calls are counted. */
  metrics?: Registry;
}

const idempotent = new Set(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS']);
const mostAnswerBytes = 16 * 1024 * 1024;
/** So many failures on end, retries included, and the neighbour is left alone for a while. */
const failuresUntilOpen = 10;
const leftAloneMs = 2_000;

/**
 * A client for a neighbour's JSON routes: an axios instance (`const { data } = await client.get('/internal/…')`) that
 * sends this service's identity and the trace, tries what is idempotent up to twice again, and stops asking a neighbour
 * that is down.
 *
 * Every failure is a DomainError: a neighbour's 4xx of the same kind with its detail; 'timeout' when it did not answer
 * in time, 'unavailable' when it could not be reached or said so, 'bad-neighbour' when its answer makes no sense. Only
 * a call that its own `signal` ends rejects with that signal's reason.
 */
export function createJsonClient(options: JsonClientOptions): JsonClient {
  const { name, timeoutMs = 5_000 } = options;
  const kept = { keepAlive: true, timeout: idleConnectionMs };
  const agents = { http: new HttpAgent(kept), https: new HttpsAgent(kept) };
  const send = axios.getAdapter('http');
  const observed = observedCalls(options.metrics ?? new Registry(), name);
  const neighbourFault = handleWhen((error) => isTransient(error));
  const breaker = circuitBreaker(neighbourFault, {
    halfOpenAfter: leftAloneMs,
    breaker: new ConsecutiveBreaker(failuresUntilOpen),
  });
  const retrying = retry(neighbourFault, {
    maxAttempts: 2,
    backoff: new ExponentialBackoff({ initialDelay: 50, maxDelay: 1_000 }),
  });

  async function attempt(config: InternalAxiosRequestConfig, signal: AbortSignal, deadline: AbortSignal) {
    try {
      return await observed((config.method ?? 'get').toUpperCase(), async () => {
        const headers = config.headers.concat(await options.identity.serviceHeaders());
        return send({ ...config, headers, signal, timeout: 0 });
      });
    } catch (error) {
      if (deadline.aborted) throw neighbourFailed('timeout', error);
      if (signal.aborted) throw signal.reason;
      throw explain(error, name);
    }
  }

  const adapter: AxiosAdapter = async (config) => {
    const deadline = AbortSignal.timeout(config.timeout || timeoutMs);
    const caller = config.signal as AbortSignal | undefined;
    const signal = caller === undefined ? deadline : AbortSignal.any([deadline, caller]);
    const guarded = () => breaker.execute(() => attempt(config, signal, deadline));
    const mayRepeat = idempotent.has((config.method ?? 'get').toUpperCase());
    try {
      return await unlessAborted(signal, mayRepeat ? retrying.execute(guarded, signal) : guarded());
    } catch (error) {
      if (error instanceof DomainError) throw error;
      if (isBrokenCircuitError(error)) throw neighbourFailed('unavailable', error, leftAloneMs / 1000);
      if (deadline.aborted && !caller?.aborted) throw neighbourFailed('timeout', error);
      throw error;
    }
  };

  const client = axios.create({
    baseURL: options.baseUrl,
    allowAbsoluteUrls: false,
    adapter,
    httpAgent: agents.http,
    httpsAgent: agents.https,
    proxy: false,
    maxRedirects: 0,
    maxContentLength: mostAnswerBytes,
    timeout: timeoutMs,
    responseType: 'json',
    transitional: { silentJSONParsing: false },
    headers: { Accept: 'application/json, application/problem+json' },
  });
  // What the adapter answered is parsed after it, so broken JSON shows here; and axios puts an error of its own in the
  // place of whatever comes out of a call whose signal is aborted.
  client.interceptors.response.use(undefined, (error: unknown) => {
    if (!(error instanceof AxiosError)) throw error;
    const signal = error.config?.signal as AbortSignal | undefined;
    throw signal?.aborted ? signal.reason : explain(error, name);
  });
  return Object.assign(client, {
    close() {
      agents.http.destroy();
      agents.https.destroy();
    },
  });
}

function explain(error: unknown, name: string): unknown {
  if (!(error instanceof AxiosError)) return errorFromConnection(name, error);
  const { config, response, cause } = error;
  const asked = `${name}: ${config?.method?.toUpperCase()} ${config?.url?.split('?', 1)[0]}`;
  // The AxiosError itself holds the whole request; the log needs only its words.
  const words = Object.assign(new Error(error.message, { cause }), { code: error.code });
  if (response === undefined || response.status < 300) return errorFromConnection(asked, words);
  return errorFromAnswer({
    asked,
    status: response.status,
    contentType: headerOf(response.headers['content-type']),
    retryAfter: headerOf(response.headers['retry-after']),
    body: typeof response.data === 'string' ? response.data : JSON.stringify(response.data),
  });
}

function headerOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** `work`, or the signal's reason as soon as it is aborted: neither a pause before a retry nor a breaker outlasts it. */
async function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const over = Promise.withResolvers<never>();
  const abort = () => over.reject(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([work, over.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
