import { dashboard } from './dashboard.ts';
import { figure, heat, lines, logs, quantile, rate, share } from './panels.ts';
import { serviceLevels } from './service-levels.ts';

const tasks = '{queue="video-processing.tasks"}';

/** From the end of an upload to a video that plays anywhere. */
export const processing = dashboard({
  uid: 'flixtube-processing',
  title: 'FlixTube: processing',
  about: 'How long uploads wait until they can be played adaptively, what the workers do, and what they fail at.',
  rows: [
    {
      title: 'What publishers feel',
      panels: [
        serviceLevels.processing,
        figure({
          title: 'Tasks that wait',
          unit: 'none',
          expr: `sum(rabbitmq_queue_messages_ready${tasks})`,
          colours: [
            ['green', null],
            ['orange', 50],
            ['red', 500],
          ],
        }),
        figure({
          title: 'Tasks in hand',
          unit: 'none',
          expr: `sum(rabbitmq_queue_messages_unacked${tasks})`,
          colours: [['blue', null]],
        }),
        figure({
          title: 'Workers',
          unit: 'none',
          expr: 'sum(up{job="video-processing"})',
          colours: [
            ['red', null],
            ['green', 1],
          ],
        }),
        lines({
          title: 'From the end of the upload until it is playable, and ready',
          unit: 's',
          limit: 60,
          width: 12,
          queries: [
            { expr: quantile(0.5, 'processing_playable_seconds_bucket'), legend: 'playable, median' },
            { expr: quantile(0.95, 'processing_playable_seconds_bucket'), legend: 'playable, 95th percentile' },
            { expr: quantile(0.5, 'processing_ready_seconds_bucket'), legend: 'ready, median' },
            { expr: quantile(0.95, 'processing_ready_seconds_bucket'), legend: 'ready, 95th percentile' },
          ],
        }),
        heat({
          title: 'How long until playable',
          unit: 's',
          width: 12,
          expr: 'sum by (le) (increase(processing_playable_seconds_bucket[$__rate_interval]))',
        }),
      ],
    },
    {
      title: 'Tasks',
      panels: [
        lines({
          title: 'Tasks a second, by kind',
          unit: 'reqps',
          stacked: true,
          queries: [{ expr: `sum by (task) (${rate('processing_task_duration_seconds_count')})`, legend: '{{task}}' }],
        }),
        lines({
          title: 'Share of tasks that fail or are tried again',
          unit: 'percentunit',
          limit: 0.5,
          queries: [
            {
              expr: share(
                'processing_task_duration_seconds_count{outcome=~"retried|failed"}',
                'processing_task_duration_seconds_count',
                ['task'],
              ),
              legend: '{{task}}',
            },
          ],
        }),
        lines({
          title: '95th percentile of their durations',
          unit: 's',
          queries: [{ expr: quantile(0.95, 'processing_task_duration_seconds_bucket', ['task']), legend: '{{task}}' }],
        }),
        lines({
          title: 'The queue of tasks',
          unit: 'short',
          queries: [
            { expr: `sum(rabbitmq_queue_messages_ready${tasks})`, legend: 'waiting' },
            { expr: `sum(rabbitmq_queue_messages_unacked${tasks})`, legend: 'in hand' },
          ],
        }),
        lines({
          title: 'Videos that were given up in the hour before, by kind',
          about: 'unreadable, unsupported: the file is to blame. internal, out-of-space: we are.',
          unit: 'short',
          queries: [{ expr: 'sum by (kind) (increase(processing_failures_total[1h]))', legend: '{{kind}}' }],
        }),
        lines({
          title: 'Encoders in use, of those there are',
          unit: 'percentunit',
          queries: [
            {
              expr: 'sum by (what) (slots_used{job="video-processing"}) / sum by (what) (slots_limit{job="video-processing"} > 0)',
              legend: '{{what}}',
            },
          ],
        }),
      ],
    },
    {
      title: 'Workers',
      panels: [
        lines({
          title: 'Processors in use, without those of ffmpeg',
          unit: 'none',
          queries: [{ expr: rate('process_cpu_seconds_total{job="video-processing"}'), legend: '{{instance}}' }],
        }),
        lines({
          title: 'Memory, without that of ffmpeg',
          unit: 'bytes',
          queries: [{ expr: 'process_resident_memory_bytes{job="video-processing"}', legend: '{{instance}}' }],
        }),
        lines({
          title: 'Calls a second to video-storage',
          unit: 'reqps',
          queries: [
            {
              expr: `sum by (method, status) (${rate('neighbour_request_duration_seconds_count{job="video-processing"}')})`,
              legend: '{{method}} {{status}}',
            },
          ],
        }),
        logs({
          title: 'Warnings and errors of the workers',
          expr: '{service_name="video-processing"} | severity_text=~"warn|error|fatal"',
        }),
      ],
    },
  ],
});
