/** `npm run status`: every service and backend, with its port and whether it is ready. `-- --json` for programs. */
import { accepts } from '@flixtube/dev-env/ports';
import type { ComponentStatus } from '@flixtube/dev-env/system';
import { endWith, parseCommandLine } from '../command-line.ts';
import { isAlive } from '../start/processes.ts';
import { type ComponentPlace, places, type RunRecord, readRecord } from '../start/run-record.ts';

const usage = `npm run status -- [--json]
What runs here of FlixTube: every service and backend, with its process, its port and whether it is ready.`;

try {
  await main();
} catch (error) {
  endWith(error);
}

async function main(): Promise<void> {
  const options = { json: { type: 'boolean', default: false } } as const;
  const { json } = parseCommandLine(usage, { args: process.argv.slice(2), options }).values;
  const record = readRecord();
  const components = await Promise.all(places(record).map((place) => statusOf(place, record)));
  process.stdout.write(json ? `${JSON.stringify(components, null, 2)}\n` : table(components));
}

async function statusOf(place: ComponentPlace, run: RunRecord | undefined): Promise<ComponentStatus> {
  const mark = run?.processes[place.name];
  const pid = mark && (await isAlive(mark)) ? mark.pid : null;
  const isGiven = run?.given.some(({ name }) => name === place.name) === true;
  const ready = (pid !== null || isGiven) && (await answers(place));
  const { name, kind, port, url } = place;
  return { name, kind, pid, port, url, ready };
}

async function answers({ kind, url, port }: ComponentPlace): Promise<boolean> {
  if (kind === 'backend') return accepts(port, /\/\/([^:/,]+)/.exec(url)?.[1]);
  const response = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined);
  await response?.body?.cancel();
  return response?.ok === true;
}

function table(rows: ComponentStatus[]): string {
  const cells = [
    ['NAME', 'KIND', 'PID', 'PORT', 'READY', 'URL'],
    ...rows.map(({ name, kind, pid, port, ready, url }) => [
      name,
      kind,
      pid === null ? '-' : String(pid),
      String(port),
      ready ? 'yes' : 'no',
      url,
    ]),
  ];
  const widths = cells[0]?.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0))) ?? [];
  const lines = cells.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const none = rows.every(({ pid, ready }) => pid === null && !ready);
  return `${lines.join('\n')}\n${none ? 'FlixTube does not run here. To start it: npm start\n' : ''}`;
}
