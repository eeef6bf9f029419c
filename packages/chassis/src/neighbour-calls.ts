import { classOf, histogramIn, requestBuckets } from './metrics/families.ts';
import type { Registry } from './metrics.ts';
import { failed, spanned } from './trace.ts';

/**
 * Makes a call to a neighbour: `call` sends it, with the current trace's `traceparent`, and resolves when the answer begins.
 * What a client does not even try, since the neighbour is known to be down, is no call.
 */
export type CallNeighbour = <T extends { status: number } | { statusCode: number }>(
  method: string,
  call: () => Promise<T>,
) => Promise<T>;

/** Has each call to `neighbour` timed, by method and class of the status (`none` without an answer), and be a span. */
export function observedCalls(registry: Registry, neighbour: string): CallNeighbour {
  const durations = histogramIn(registry, {
    name: 'neighbour_request_duration_seconds',
    help: 'How long calls to another service took until its answer began',
    labelNames: ['neighbour', 'method', 'status'],
    buckets: requestBuckets,
  });
  return (method, call) => {
    const facts = { 'http.request.method': method, 'service.peer.name': neighbour };
    return spanned(`${method} ${neighbour}`, { role: 'client', facts }, async (span) => {
      const started = performance.now();
      let status: number | undefined;
      try {
        const answer = await call();
        status = 'statusCode' in answer ? answer.statusCode : answer.status;
        return answer;
      } catch (error) {
        status = (error as { response?: { status?: number } } | undefined)?.response?.status;
        throw error;
      } finally {
        if (status !== undefined) span.setAttribute('http.response.status_code', status);
        // Semantic conventions for HTTP clients: 4xx as well.
        if (status !== undefined && status >= 400) failed(span, String(status));
        durations.observe({ neighbour, method, status: classOf(status) }, (performance.now() - started) / 1000);
      }
    });
  };
}
