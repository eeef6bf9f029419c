import { dashboard } from './dashboard.ts';
import { lines, logs, quantile, rate, share, traces } from './panels.ts';

const one = '{job="$service"}';
const selected = (labels: string) => `{job="$service",${labels}}`;

/** Any one service: what is asked of it, what it asks of others, what it stands on, and what it says. */
export const service = dashboard({
  uid: 'flixtube-service',
  title: 'FlixTube: one service',
  about:
    'Requests by rate, errors and duration; queues, caches and pools by use, saturation and errors; its traces and logs.',
  ofOneService: true,
  rows: [
    {
      title: 'What is asked of it',
      panels: [
        lines({
          title: 'Requests a second, by route',
          unit: 'reqps',
          stacked: true,
          queries: [
            {
              expr: `sum by (route, method) (${rate(`http_request_duration_seconds_count${one}`)})`,
              legend: '{{method}} {{route}}',
            },
          ],
        }),
        lines({
          title: 'Requests a second, by what became of them',
          about: 'none: the caller left before there was an answer.',
          unit: 'reqps',
          queries: [
            { expr: `sum by (status) (${rate(`http_request_duration_seconds_count${one}`)})`, legend: '{{status}}' },
          ],
        }),
        lines({
          title: '95th percentile of the time to the end of the answer, by route',
          unit: 's',
          queries: [
            { expr: quantile(0.95, `http_request_duration_seconds_bucket${one}`, ['route']), legend: '{{route}}' },
          ],
        }),
      ],
    },
    {
      title: 'Traces and logs',
      panels: [
        traces({
          title: 'Slowest traces with an error, or of more than half a second',
          query: '{ resource.service.name = "$service" && (status = error || duration > 500ms) }',
        }),
        logs({
          title: 'Warnings and errors',
          about: 'All lines: leave out what follows the first brace.',
          expr: '{service_name="$service"} | severity_text=~"warn|error|fatal"',
        }),
      ],
    },
    {
      title: 'What it asks of others',
      panels: [
        lines({
          title: 'Calls a second to other services',
          unit: 'reqps',
          queries: [
            {
              expr: `sum by (neighbour, status) (${rate(`neighbour_request_duration_seconds_count${one}`)})`,
              legend: '{{neighbour}} {{status}}',
            },
          ],
        }),
        lines({
          title: '95th percentile of those calls, to the head of the answer',
          unit: 's',
          queries: [
            {
              expr: quantile(0.95, `neighbour_request_duration_seconds_bucket${one}`, ['neighbour']),
              legend: '{{neighbour}}',
            },
          ],
        }),
        lines({
          title: 'Dependencies, by what readiness says',
          unit: 'none',
          max: 1,
          queries: [{ expr: `min by (dependency) (dependency_up${one})`, legend: '{{dependency}}' }],
        }),
        lines({
          title: '95th percentile of commands of MongoDB',
          unit: 's',
          queries: [
            {
              expr: quantile(0.95, `mongodb_command_duration_seconds_bucket${one}`, ['command']),
              legend: '{{command}}',
            },
          ],
        }),
        lines({
          title: 'Share of commands of MongoDB that fail',
          unit: 'percentunit',
          queries: [
            {
              expr: share(
                `mongodb_command_duration_seconds_count${selected('outcome="failed"')}`,
                `mongodb_command_duration_seconds_count${one}`,
                ['command'],
              ),
              legend: '{{command}}',
            },
          ],
        }),
        lines({
          title: 'Connections to MongoDB, and who waits for one',
          unit: 'short',
          queries: [
            { expr: `sum by (state) (mongodb_pool_connections${one})`, legend: '{{state}}' },
            { expr: `sum(mongodb_pool_waiting${one})`, legend: 'waiting' },
          ],
        }),
      ],
    },
    {
      title: 'Events',
      panels: [
        lines({
          title: 'Messages handled a second, by queue',
          unit: 'reqps',
          queries: [
            {
              expr: `sum by (queue, outcome) (${rate(`message_handling_duration_seconds_count${one}`)})`,
              legend: '{{queue}} {{outcome}}',
            },
          ],
        }),
        lines({
          title: '95th percentile of the handling of a message',
          unit: 's',
          queries: [
            { expr: quantile(0.95, `message_handling_duration_seconds_bucket${one}`, ['queue']), legend: '{{queue}}' },
          ],
        }),
        lines({
          title: 'Messages that wait in its queues',
          unit: 'short',
          queries: [
            { expr: 'sum by (queue) (rabbitmq_queue_messages_ready{queue=~"$service\\\\..+"})', legend: '{{queue}}' },
          ],
        }),
        lines({
          title: 'Events published a second',
          unit: 'reqps',
          queries: [
            {
              expr: `sum by (event, outcome) (${rate(`messages_published_total${one}`)})`,
              legend: '{{event}} {{outcome}}',
            },
          ],
        }),
        lines({
          title: 'Age of the oldest event that is not published',
          unit: 's',
          limit: 120,
          queries: [{ expr: `max(outbox_oldest_age_seconds${one})`, legend: 'age' }],
        }),
        lines({
          title: 'Connection to RabbitMQ',
          unit: 'none',
          max: 1,
          queries: [{ expr: `min by (instance) (broker_connected${one})`, legend: '{{instance}}' }],
        }),
      ],
    },
    {
      title: 'What it is made of',
      panels: [
        lines({
          title: 'Bounded resources: share in use',
          unit: 'percentunit',
          limit: 1,
          queries: [
            { expr: `sum by (what) (slots_used${one}) / sum by (what) (slots_limit${one} > 0)`, legend: '{{what}}' },
          ],
        }),
        lines({
          title: 'Share of cache look-ups that hit',
          unit: 'percentunit',
          max: 1,
          queries: [
            {
              expr: share(`cache_requests_total${selected('outcome="hit"')}`, `cache_requests_total${one}`, ['cache']),
              legend: '{{cache}}',
            },
          ],
        }),
        lines({
          title: 'Entries of caches',
          unit: 'short',
          queries: [{ expr: `sum by (cache) (cache_entries${one})`, legend: '{{cache}}' }],
        }),
        lines({
          title: 'Processors in use',
          unit: 'none',
          queries: [{ expr: rate(`process_cpu_seconds_total${one}`), legend: '{{instance}}' }],
        }),
        lines({
          title: 'Memory',
          unit: 'bytes',
          queries: [{ expr: `process_resident_memory_bytes${one}`, legend: '{{instance}}' }],
        }),
        lines({
          title: 'Lag of the event loop, 99th percentile',
          unit: 's',
          queries: [{ expr: `nodejs_eventloop_lag_p99_seconds${one}`, legend: '{{instance}}' }],
        }),
      ],
    },
  ],
});
