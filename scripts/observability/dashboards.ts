import { join } from 'node:path';
import { root } from '@flixtube/dev-env/root';
import { overview } from './dashboards/overview.ts';
import { processing } from './dashboards/processing.ts';
import { service } from './dashboards/service.ts';
import { viewers } from './dashboards/viewers.ts';

export const observabilityFolder = join(root, 'infrastructure/observability');
/** Where Grafana finds the dashboards. */
export const dashboardsFolder = join(observabilityFolder, 'grafana/dashboards');

/** The text of each file of `dashboardsFolder`, by its name. */
export function dashboardFiles(): Record<string, string> {
  const all = { overview, service, processing, viewers };
  return Object.fromEntries(
    Object.entries(all).map(([name, dashboard]) => [`${name}.json`, `${JSON.stringify(dashboard, null, 2)}\n`]),
  );
}
