import type { Registry } from 'prom-client';
import { classOf, histogramIn, requestBuckets } from './families.ts';

/** How long calls to a neighbour take until its answer begins. */
export type MeasureNeighbour = <T extends { status: number } | { statusCode: number }>(
  method: string,
  call: () => Promise<T>,
) => Promise<T>;

/**
 * Measures calls to `neighbour`: by method and class of the status, `none` where no answer came. What a client did not
 * even try, since the neighbour is known to be down, is no call.
 */
export function measureNeighbour(registry: Registry, neighbour: string): MeasureNeighbour {
  const durations = histogramIn(registry, {
    name: 'neighbour_request_duration_seconds',
    help: 'How long calls to another service took until its answer began',
    labelNames: ['neighbour', 'method', 'status'],
    buckets: requestBuckets,
  });
  return async (method, call) => {
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
      durations.observe({ neighbour, method, status: classOf(status) }, (performance.now() - started) / 1000);
    }
  };
}
