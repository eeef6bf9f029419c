/** What each panel of FlixTube's dashboards is made of: Grafana's JSON model, as far as we use it. */

/** A PromQL expression; `$__rate_interval` and `$service` are Grafana's to fill in. */
export interface Query {
  expr: string;
  /** Names the lines, `{{label}}` for a label's value. */
  legend?: string;
}

/** A panel, before it has a place. */
export interface Panel {
  /** In columns, of which there are 24. */
  width: number;
  height: number;
  model: Record<string, unknown> & { type: string; title: string };
}

/** Units of Grafana: `s`, `percentunit` (0..1), `reqps`, `short`, `bytes`, `none`. */
type Unit = 's' | 'percentunit' | 'reqps' | 'short' | 'bytes' | 'none';

interface About {
  title: string;
  /** What it shows, in a sentence, where its title does not say so. */
  about?: string;
  width?: number;
  height?: number;
}

export const datasources = {
  prometheus: { type: 'prometheus', uid: 'prometheus' },
  loki: { type: 'loki', uid: 'loki' },
  tempo: { type: 'tempo', uid: 'tempo' },
} as const;

/** Lines over time. Each leads to the dashboard of the service that it is of, where it has a `job`. */
export function lines(
  o: About & { unit: Unit; queries: Query[]; stacked?: boolean; max?: number; limit?: number },
): Panel {
  return panel('timeseries', o, {
    datasource: datasources.prometheus,
    targets: o.queries.map(target),
    fieldConfig: {
      defaults: {
        unit: o.unit,
        min: 0,
        ...(o.max !== undefined && { max: o.max }),
        custom: {
          drawStyle: 'line',
          lineWidth: 1,
          fillOpacity: o.stacked ? 40 : 8,
          showPoints: 'never',
          stacking: { mode: o.stacked ? 'normal' : 'none', group: 'A' },
          thresholdsStyle: { mode: o.limit === undefined ? 'off' : 'line' },
        },
        thresholds: steps(
          o.limit === undefined
            ? [['green', null]]
            : [
                ['green', null],
                ['red', o.limit],
              ],
        ),
        ...(o.queries.some(({ legend }) => legend?.includes('{{job}}')) && {
          links: [
            {
              title: 'This service',
              url: `/d/flixtube-service?var-service=\${__field.labels.job}&\${__url_time_range}`,
            },
          ],
        }),
      },
      overrides: [],
    },
    options: {
      legend: { displayMode: 'list', placement: 'bottom', showLegend: true },
      tooltip: { mode: 'multi', sort: 'desc' },
    },
  });
}

/** One figure, and its colour. */
export function figure(
  o: About & { unit: Unit; expr: string; colours: [string, number | null][]; decimals?: number },
): Panel {
  return panel(
    'stat',
    { width: 6, height: 5, ...o },
    {
      datasource: datasources.prometheus,
      targets: [{ ...target({ expr: o.expr }, 0), instant: true, range: false }],
      fieldConfig: {
        defaults: {
          unit: o.unit,
          ...(o.decimals !== undefined && { decimals: o.decimals }),
          noValue: 'no data',
          thresholds: steps(o.colours),
        },
        overrides: [],
      },
      options: {
        reduceOptions: { values: false, calcs: ['lastNotNull'], fields: '' },
        colorMode: 'background',
        graphMode: 'none',
        justifyMode: 'auto',
        textMode: 'auto',
        orientation: 'auto',
      },
    },
  );
}

/** Of a histogram, how much lies in which bucket over time. */
export function heat(o: About & { unit: Unit; expr: string }): Panel {
  return panel('heatmap', o, {
    datasource: datasources.prometheus,
    targets: [{ ...target({ expr: o.expr, legend: '{{le}}' }, 0), format: 'heatmap' }],
    fieldConfig: { defaults: { custom: { scaleDistribution: { type: 'linear' } } }, overrides: [] },
    options: {
      calculate: false,
      yAxis: { axisPlacement: 'left', unit: o.unit },
      color: { mode: 'scheme', scheme: 'Oranges', steps: 64, reverse: false, exponent: 0.5, fill: 'dark-orange' },
      cellGap: 1,
      legend: { show: false },
      tooltip: { mode: 'single', yHistogram: false },
      showValue: 'never',
    },
  });
}

/** The rules of Prometheus that are pending or firing. */
export function alerts(o: About): Panel {
  return panel(
    'alertlist',
    { width: 24, height: 6, ...o },
    {
      options: {
        viewMode: 'list',
        groupMode: 'default',
        groupBy: [],
        maxItems: 20,
        sortOrder: 3,
        dashboardAlerts: false,
        alertName: '',
        alertInstanceLabelFilter: '',
        datasource: 'Prometheus',
        stateFilter: { firing: true, pending: true, noData: false, normal: false, error: true },
      },
    },
  );
}

/** Lines of the log, by LogQL; one that belongs to a trace has a link to it. */
export function logs(o: About & { expr: string }): Panel {
  return panel(
    'logs',
    { width: 24, height: 10, ...o },
    {
      datasource: datasources.loki,
      targets: [{ refId: 'A', datasource: datasources.loki, expr: o.expr, queryType: 'range', maxLines: 200 }],
      options: {
        showTime: true,
        wrapLogMessage: true,
        prettifyLogMessage: false,
        enableLogDetails: true,
        dedupStrategy: 'none',
        sortOrder: 'Descending',
      },
    },
  );
}

/** Traces, by TraceQL; each leads to its spans, and from there to its logs. */
export function traces(o: About & { query: string }): Panel {
  return panel(
    'table',
    { width: 24, height: 8, ...o },
    {
      datasource: datasources.tempo,
      targets: [
        {
          refId: 'A',
          datasource: datasources.tempo,
          queryType: 'traceql',
          query: o.query,
          limit: 20,
          tableType: 'traces',
          filters: [],
        },
      ],
      fieldConfig: { defaults: {}, overrides: [] },
      options: { showHeader: true, cellHeight: 'sm' },
    },
  );
}

/** Requests a second of a counter or of a histogram's count. */
export const rate = (selector: string) => `rate(${selector}[$__rate_interval])`;

/**
 * How large a part is of the whole (0..1), by labels: both counters, or counts of histograms. 0, and not nothing, where
 * there is no part at all.
 */
export function share(part: string, whole: string, by: string[] = []): string {
  const of = (selector: string) => `sum by (${by.join(', ')}) (${rate(selector)})`;
  return `(${of(part)} or 0 * ${of(whole)}) / ${of(whole)}`;
}

/** A quantile (0..1) of a histogram, by labels. */
export const quantile = (q: number, selector: string, by: string[] = []) =>
  `histogram_quantile(${q}, sum by (${['le', ...by].join(', ')}) (${rate(selector)}))`;

function panel(type: string, o: About, model: Record<string, unknown>): Panel {
  return {
    width: o.width ?? 8,
    height: o.height ?? 8,
    model: { type, title: o.title, ...(o.about !== undefined && { description: o.about }), ...model },
  };
}

function target(query: Query, n: number): Record<string, unknown> {
  return {
    refId: String.fromCharCode('A'.charCodeAt(0) + n),
    datasource: datasources.prometheus,
    expr: query.expr,
    legendFormat: query.legend ?? '',
    editorMode: 'code',
    range: true,
  };
}

function steps(colours: [string, number | null][]): {
  mode: 'absolute';
  steps: { color: string; value: number | null }[];
} {
  return { mode: 'absolute', steps: colours.map(([color, value]) => ({ color, value })) };
}
