import { datasources, type Panel } from './panels.ts';

export interface Row {
  title: string;
  panels: Panel[];
}

/** The version of the JSON model that these are written in; a later Grafana brings it up to date when it loads it. */
const schemaVersion = 41;
const columns = 24;

/** A dashboard as Grafana reads it from a file: rows from top to bottom, panels from left to right. */
export function dashboard(o: {
  uid: string;
  title: string;
  about: string;
  /** Lets the service be chosen: `$service`. */
  ofOneService?: boolean;
  rows: Row[];
}): Record<string, unknown> {
  return {
    uid: o.uid,
    title: o.title,
    description: o.about,
    tags: ['flixtube'],
    schemaVersion,
    version: 1,
    editable: false,
    graphTooltip: 1,
    timezone: 'browser',
    refresh: '30s',
    time: { from: 'now-1h', to: 'now' },
    fiscalYearStartMonth: 0,
    liveNow: false,
    links: [
      {
        type: 'dashboards',
        title: 'FlixTube',
        tags: ['flixtube'],
        asDropdown: false,
        includeVars: false,
        keepTime: true,
        targetBlank: false,
        icon: 'external link',
        tooltip: '',
        url: '',
      },
    ],
    annotations: { list: [] },
    templating: { list: o.ofOneService ? [serviceVariable] : [] },
    panels: placed(o.rows),
  };
}

const serviceVariable = {
  name: 'service',
  label: 'Service',
  type: 'query',
  datasource: datasources.prometheus,
  query: { refId: 'service', query: 'label_values(nodejs_version_info, job)' },
  definition: 'label_values(nodejs_version_info, job)',
  // Also for services that come later.
  refresh: 2,
  sort: 1,
  includeAll: false,
  multi: false,
  regex: '',
  hide: 0,
  options: [],
  current: { selected: true, text: 'gateway', value: 'gateway' },
};

function placed(rows: Row[]): Record<string, unknown>[] {
  const all: Record<string, unknown>[] = [];
  let y = 0;
  const place = (model: Record<string, unknown>, x: number, w: number, h: number) =>
    all.push({ id: all.length + 1, ...model, gridPos: { x, y, w, h } });
  for (const row of rows) {
    place({ type: 'row', title: row.title, collapsed: false, panels: [] }, 0, columns, 1);
    y += 1;
    let x = 0;
    let tallest = 0;
    for (const { model, width, height } of row.panels) {
      if (x + width > columns) {
        y += tallest;
        [x, tallest] = [0, 0];
      }
      place(model, x, width, height);
      x += width;
      tallest = Math.max(tallest, height);
    }
    y += tallest;
  }
  return all;
}
