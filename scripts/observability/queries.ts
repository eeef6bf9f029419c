import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { dashboardFiles, observabilityFolder } from './dashboards.ts';

/** A PromQL expression, and where it stands. */
export interface Query {
  where: string;
  expr: string;
}

export interface Alert extends Query {
  name: string;
  severity: string;
  annotations: Record<string, string>;
}

export interface Rules {
  /** By the name that they are recorded as. */
  records: (Query & { name: string })[];
  alerts: Alert[];
}

interface RuleFile {
  groups: {
    rules: {
      record?: string;
      alert?: string;
      expr: string;
      labels?: Record<string, string>;
      annotations?: Record<string, string>;
    }[];
  }[];
}

export const rulesFolder = join(observabilityFolder, 'prometheus/rules');

/** What Prometheus evaluates by itself. */
export async function readRules(): Promise<Rules> {
  const rules: Rules = { records: [], alerts: [] };
  for (const file of await readdir(rulesFolder)) {
    const { groups } = parse(await readFile(join(rulesFolder, file), 'utf8'), { merge: true }) as RuleFile;
    for (const { record, alert, expr, labels = {}, annotations = {} } of groups.flatMap((group) => group.rules)) {
      if (record !== undefined) rules.records.push({ name: record, where: `${file}: ${record}`, expr });
      if (alert !== undefined)
        rules.alerts.push({
          name: alert,
          where: `${file}: ${alert}`,
          expr,
          severity: labels.severity ?? '',
          annotations,
        });
    }
  }
  return rules;
}

interface PanelModel {
  title: string;
  datasource?: { uid: string };
  targets?: { expr?: string }[];
}

/** The panels of every dashboard, by the name of its file. */
export function readPanels(): { file: string; uid: string; panels: PanelModel[] }[] {
  return Object.entries(dashboardFiles()).map(([file, text]) => {
    const { uid, panels } = JSON.parse(text) as { uid: string; panels: PanelModel[] };
    return { file, uid, panels };
  });
}

/** What the dashboards ask Prometheus, of `service` where they ask of one, over `interval` where Grafana would choose it. */
export function dashboardQueries(o: { service: string; interval: string }): Query[] {
  return readPanels().flatMap(({ file, panels }) =>
    panels
      .filter(({ datasource }) => datasource?.uid === 'prometheus')
      .flatMap(({ title, targets = [] }) =>
        targets.map(({ expr = '' }) => ({
          where: `${file}: ${title}`,
          expr: expr.replaceAll('$__rate_interval', o.interval).replaceAll('$service', o.service),
        })),
      ),
  );
}

const words = /^(and|or|unless|by|on|without|ignoring|group_left|group_right|bool|offset|inf|nan|\d.*)$/i;

/** The names of metrics that an expression asks for, with a histogram's `_bucket`, `_sum` or `_count`. */
export function metricsOf(expr: string): string[] {
  const bare = expr
    .replace(/"(\\.|[^"\\])*"/g, '')
    .replace(/\{[^}]*\}|\[[^\]]*\]/g, ' ')
    .replace(/\b(by|on|without|ignoring|group_left|group_right)\s*\([^)]*\)/g, ' ');
  const names = [...bare.matchAll(/[a-zA-Z_:0-9.]+(?!\s*\(|[a-zA-Z_:0-9.])/g)].map(([name]) => name);
  return [...new Set(names.filter((name) => !words.test(name)))];
}
