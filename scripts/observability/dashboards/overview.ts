import { dashboard } from './dashboard.ts';
import { alerts, figure, lines, quantile, rate, share } from './panels.ts';
import { serviceLevels } from './service-levels.ts';

/** The first look: is anybody hurt, where, and by what. */
export const overview = dashboard({
  uid: 'flixtube-overview',
  title: 'FlixTube: overview',
  about: 'Whether viewers and publishers get what they were promised, and which part of the system is to blame if not.',
  rows: [
    {
      title: 'Service levels',
      panels: [
        serviceLevels.playback,
        serviceLevels.startUp,
        serviceLevels.processing,
        figure({
          title: 'Dead letters',
          about: 'Messages that were given up and wait for somebody.',
          unit: 'none',
          expr: 'sum(rabbitmq_queue_messages{queue="flixtube.dead-letters"})',
          colours: [
            ['green', null],
            ['orange', 1],
            ['red', 12],
          ],
        }),
        alerts({ title: 'Alerts', about: 'Each names its runbook, in docs/runbooks.', width: 12 }),
        lines({
          title: 'How fast the budgets are spent',
          about: '1: the budget lasts for just its 30 days. 14.4: it is gone in two days, and somebody is called.',
          width: 12,
          height: 6,
          unit: 'none',
          limit: 14.4,
          queries: [
            { expr: 'playback:failures:ratio_rate1h / 0.001', legend: 'playback fails' },
            { expr: 'playback:slow_starts:ratio_rate1h / 0.05', legend: 'playback starts late' },
            { expr: 'processing:late:ratio_rate1h / 0.05', legend: 'processing is late' },
          ],
        }),
      ],
    },
    {
      title: 'Requests, by service',
      panels: [
        lines({
          title: 'Requests a second',
          unit: 'reqps',
          stacked: true,
          queries: [{ expr: `sum by (job) (${rate('http_request_duration_seconds_count')})`, legend: '{{job}}' }],
        }),
        lines({
          title: 'Share that fails (5xx)',
          unit: 'percentunit',
          queries: [
            {
              expr: share('http_request_duration_seconds_count{status="5xx"}', 'http_request_duration_seconds_count', [
                'job',
              ]),
              legend: '{{job}}',
            },
          ],
        }),
        lines({
          title: '95th percentile of the time to the end of the answer',
          about: 'A file that is watched for minutes takes minutes: see the routes of the service.',
          unit: 's',
          queries: [{ expr: quantile(0.95, 'http_request_duration_seconds_bucket', ['job']), legend: '{{job}}' }],
        }),
        lines({
          title: 'Calls between services that fail',
          unit: 'percentunit',
          queries: [
            {
              expr: share(
                'neighbour_request_duration_seconds_count{status=~"5xx|none"}',
                'neighbour_request_duration_seconds_count',
                ['job', 'neighbour'],
              ),
              legend: '{{job}} to {{neighbour}}',
            },
          ],
        }),
        lines({
          title: '95th percentile of calls between services, to the head of the answer',
          unit: 's',
          queries: [
            {
              expr: quantile(0.95, 'neighbour_request_duration_seconds_bucket', ['job', 'neighbour']),
              legend: '{{job}} to {{neighbour}}',
            },
          ],
        }),
        lines({
          title: 'Bounded resources: share in use',
          about: 'At 1 the next one waits or is refused.',
          unit: 'percentunit',
          limit: 1,
          queries: [
            {
              expr: 'sum by (job, what) (slots_used) / sum by (job, what) (slots_limit > 0)',
              legend: '{{job}}: {{what}}',
            },
          ],
        }),
      ],
    },
    {
      title: 'Events',
      panels: [
        lines({
          title: 'Events published a second',
          unit: 'reqps',
          queries: [
            { expr: `sum by (event, outcome) (${rate('messages_published_total')})`, legend: '{{event}} {{outcome}}' },
          ],
        }),
        lines({
          title: 'Messages handled a second',
          unit: 'reqps',
          queries: [
            {
              expr: `sum by (job, outcome) (${rate('message_handling_duration_seconds_count')})`,
              legend: '{{job}}: {{outcome}}',
            },
          ],
        }),
        lines({
          title: 'Messages that wait, by queue',
          unit: 'short',
          queries: [{ expr: 'sum by (queue) (rabbitmq_queue_messages_ready)', legend: '{{queue}}' }],
        }),
        lines({
          title: 'Age of the oldest event that is not published',
          unit: 's',
          limit: 120,
          queries: [{ expr: 'max by (job) (outbox_oldest_age_seconds)', legend: '{{job}}' }],
        }),
        lines({
          title: 'Events that are not published yet',
          unit: 'short',
          queries: [{ expr: 'max by (job) (outbox_pending)', legend: '{{job}}' }],
        }),
      ],
    },
    {
      title: 'What it stands on',
      panels: [
        lines({
          title: 'Replicas that answer',
          unit: 'none',
          queries: [{ expr: 'sum by (job) (up)', legend: '{{job}}' }],
        }),
        lines({
          title: 'Dependencies, by what readiness says',
          about: '1: there. 0: away, for at least one replica.',
          unit: 'none',
          max: 1,
          queries: [{ expr: 'min by (job, dependency) (dependency_up)', legend: '{{job}}: {{dependency}}' }],
        }),
        lines({
          title: 'Connection to RabbitMQ',
          about: '1: there. 0: away, for at least one replica.',
          unit: 'none',
          max: 1,
          queries: [{ expr: 'min by (job) (broker_connected)', legend: '{{job}}' }],
        }),
      ],
    },
  ],
});
