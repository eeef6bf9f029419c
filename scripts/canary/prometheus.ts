import type { Measurements } from './canary.ts';
import { type KindOfWork, kindsOfWork, type WorkByKind } from './judgement.ts';

/** Counters of the chassis and the workers, and which of their series are failures. */
const counters: Record<KindOfWork, { name: string; where: string; failed: string }> = {
  requests: {
    name: 'http_request_duration_seconds_count',
    where: 'route!~"/health/.*|/metrics"',
    failed: 'status=~"5.."',
  },
  messages: {
    name: 'message_handling_duration_seconds_count',
    where: '',
    failed: 'outcome=~"retried|dead-lettered"',
  },
  tasks: { name: 'processing_task_duration_seconds_count', where: '', failed: 'outcome=~"retried|failed"' },
};

const answerWithinMs = 10_000;

/**
 * What Prometheus has counted for a service's pods: `job` is the service and `pod` the pod's name, by which those of
 * `<service>-canary` are told from the others.
 */
export function prometheusMeasurements(o: {
  service: string;
  /** Below which /api/v1/query is. */
  url: string;
  /** Bearer token, where one is wanted. */
  token?: string;
}): Measurements {
  const pods = `${o.service}-canary-.+`;
  // Its counters began with it at nothing: their value is all that it has done.
  const ofCanary = (selector: string) => `sum(${selector})`;
  const ofOthers = (seconds: number) => (selector: string) => `sum(increase(${selector}[${seconds}s]))`;

  const query = async (text: string): Promise<number> => {
    const url = new URL(`${o.url.replace(/\/$/, '')}/api/v1/query`);
    const response = await fetch(url, {
      method: 'POST',
      headers: { ...(o.token && { authorization: `Bearer ${o.token}` }) },
      body: new URLSearchParams({ query: text }),
      signal: AbortSignal.timeout(answerWithinMs),
    });
    if (!response.ok) throw new Error(`Prometheus answered ${response.status}`);
    const { data } = (await response.json()) as { data: { result: { value: [number, string] }[] } };
    return Number(data.result[0]?.value[1] ?? 0);
  };
  const work = async (podsAre: string, over: (selector: string) => string): Promise<WorkByKind> => {
    const counted = kindsOfWork.map(async (kind) => {
      const { name, where, failed } = counters[kind];
      const series = (...more: string[]) =>
        `${name}{${[`job="${o.service}"`, podsAre, where, ...more].filter(Boolean).join(',')}}`;
      const [done, wrong] = await Promise.all([query(over(series())), query(over(series(failed)))]);
      return [kind, { done: Math.round(done), failed: Math.round(wrong) }];
    });
    return Object.fromEntries(await Promise.all(counted));
  };
  return {
    canary: () => work(`pod=~"${pods}"`, ofCanary),
    others: (seconds) => work(`pod!~"${pods}"`, ofOthers(seconds)),
  };
}
