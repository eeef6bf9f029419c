import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dashboardFiles, dashboardsFolder } from './dashboards.ts';

// npm run dashboards: writes what Grafana reads from what people read.
await mkdir(dashboardsFolder, { recursive: true });
for (const [name, text] of Object.entries(dashboardFiles())) await writeFile(join(dashboardsFolder, name), text);
