import { describe, expect, it } from '@jest/globals';
import { metricsOf } from '../observability/queries.ts';
import { selectorsOf } from '../observability/trial/selectors.ts';

const expr = `
  (sum by (job, queue) (rate(a_seconds_count{queue=~"x[.].+|{y}",job="z"}[5m])) or 0 * sum by (job) (rate(a_seconds_count[5m])))
  / (sum(c_total offset 5m) > 14.4 * 0.05)
  and on (job) histogram_quantile(0.95, sum by (le) (rate(d_bucket[1h])))
  unless level:metric:ratio_rate5m >= 1e3
`;

describe('what an expression asks for', () => {
  it('is its metrics and what rules have recorded, and no function, label, number or text', () => {
    expect(metricsOf(expr)).toEqual(['a_seconds_count', 'c_total', 'd_bucket', 'level:metric:ratio_rate5m']);
    expect(metricsOf('up')).toEqual(['up']);
    expect(metricsOf('absent(up{job="gateway"}) or min by (job) (broker_connected) == 0')).toEqual([
      'up',
      'broker_connected',
    ]);
  });

  it('is, of a selection of series, each label by itself', () => {
    expect(selectorsOf(expr)).toEqual([
      {
        metric: 'a_seconds_count',
        matchers: [
          { label: 'queue', matcher: 'queue=~"x[.].+|{y}"' },
          { label: 'job', matcher: 'job="z"' },
        ],
      },
    ]);
  });
});
