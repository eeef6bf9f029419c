import { dashboard } from './dashboard.ts';
import { figure, heat, lines, logs, quantile, rate, traces } from './panels.ts';
import { serviceLevels } from './service-levels.ts';

const bytes = 'job="gateway",route=~"/api/videos/:id/(file|hls/.+)"';

/** What players tell of themselves, and what the gateway sees of the same. */
export const viewers = dashboard({
  uid: 'flixtube-viewers',
  title: "FlixTube: viewers' experience",
  about:
    'How long viewers wait for the first picture, how often it stands still or breaks, and how the requests for video go.',
  rows: [
    {
      title: 'Now',
      panels: [
        figure({
          title: 'Watching now',
          about: 'Seconds played a second: how many players are playing.',
          unit: 'none',
          decimals: 1,
          expr: 'sum(rate(flixtube_playback_watched_seconds_total[5m]))',
          colours: [['blue', null]],
        }),
        serviceLevels.startUp,
        figure({
          title: 'Time in stalls, last hour',
          about: 'Seconds of waiting in a second of video.',
          unit: 'percentunit',
          decimals: 2,
          expr: 'sum(rate(flixtube_playback_stalled_seconds_sum[1h])) / (sum(rate(flixtube_playback_watched_seconds_total[1h])) > 0)',
          colours: [
            ['green', null],
            ['orange', 0.005],
            ['red', 0.02],
          ],
        }),
        serviceLevels.playback,
      ],
    },
    {
      title: 'Told by players',
      panels: [
        lines({
          title: 'Wait for the first picture',
          unit: 's',
          limit: 2,
          queries: [
            { expr: quantile(0.5, 'flixtube_playback_startup_seconds_bucket'), legend: 'median' },
            { expr: quantile(0.95, 'flixtube_playback_startup_seconds_bucket'), legend: '95th percentile' },
            { expr: quantile(0.99, 'flixtube_playback_startup_seconds_bucket'), legend: '99th percentile' },
          ],
        }),
        heat({
          title: 'Wait for the first picture, by session',
          unit: 's',
          expr: 'sum by (le) (increase(flixtube_playback_startup_seconds_bucket[$__rate_interval]))',
        }),
        lines({
          title: 'Sessions that begin, a second',
          unit: 'reqps',
          queries: [{ expr: `sum(${rate('flixtube_playback_sessions_total')})`, legend: 'sessions' }],
        }),
        lines({
          title: 'Stalls in an hour of video',
          unit: 'none',
          queries: [
            {
              expr: `3600 * sum(${rate('flixtube_playback_stalls_total')}) / (sum(${rate('flixtube_playback_watched_seconds_total')}) > 0)`,
              legend: 'stalls',
            },
          ],
        }),
        lines({
          title: 'Time in stalls, of a second of video',
          unit: 'percentunit',
          limit: 0.02,
          queries: [
            {
              expr: `sum(${rate('flixtube_playback_stalled_seconds_sum')}) / (sum(${rate('flixtube_playback_watched_seconds_total')}) > 0)`,
              legend: 'rebuffering',
            },
          ],
        }),
        lines({
          title: 'Errors of playback, for each session',
          unit: 'percentunit',
          limit: 0.05,
          queries: [
            {
              expr: `sum(${rate('flixtube_playback_errors_total')}) / (sum(${rate('flixtube_playback_sessions_total')}) > 0)`,
              legend: 'errors',
            },
          ],
        }),
      ],
    },
    {
      title: 'Seen at the gateway',
      panels: [
        lines({
          title: 'Requests for video a second, by what became of them',
          about: 'none: the viewer left before there was an answer.',
          unit: 'reqps',
          stacked: true,
          queries: [
            {
              expr: `sum by (status) (${rate(`http_request_duration_seconds_count{${bytes}}`)})`,
              legend: '{{status}}',
            },
          ],
        }),
        lines({
          title: '95th percentile of calls of the gateway to video-streaming, to the head of the answer',
          unit: 's',
          queries: [
            {
              expr: quantile(
                0.95,
                'neighbour_request_duration_seconds_bucket{job="gateway",neighbour="video-streaming"}',
              ),
              legend: 'to video-streaming',
            },
            {
              expr: quantile(
                0.95,
                'neighbour_request_duration_seconds_bucket{job="video-streaming",neighbour="video-storage"}',
              ),
              legend: 'from there to video-storage',
            },
          ],
        }),
        lines({
          title: 'Streams of the gateway, of those it allows',
          unit: 'percentunit',
          limit: 1,
          queries: [
            {
              expr: 'sum by (what) (slots_used{job="gateway"}) / sum by (what) (slots_limit{job="gateway"} > 0)',
              legend: '{{what}}',
            },
          ],
        }),
        traces({
          title: 'Requests for video that failed',
          query: '{ resource.service.name = "gateway" && name =~ ".*(file|hls).*" && status = error }',
        }),
        logs({
          title: 'Errors on the way of the bytes',
          expr: '{service_name=~"gateway|video-streaming|video-storage"} | severity_text=~"error|fatal"',
        }),
      ],
    },
  ],
});
