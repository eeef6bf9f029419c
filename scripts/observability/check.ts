/**
 * The step `observability` of `npm test`: what Prometheus and Grafana are told is whole. promtool reads the
 * configuration, runs the tests of the rules and parses every expression; each metric that one asks for is one that a
 * service, RabbitMQ or Prometheus itself has; each alert leads to a runbook and a dashboard. What a running system answers
 * is another matter: `npm run test:observability`.
 */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requirePrometheus } from '@flixtube/dev-env/prometheus';
import { root } from '@flixtube/dev-env/root';
import { messageOf } from '@flixtube/dev-env/setup-failure';
import { stringify } from 'yaml';
import { problemsOfCompose } from './compose.ts';
import { dashboardFiles, dashboardsFolder, observabilityFolder } from './dashboards.ts';
import { knownMetrics } from './known-metrics.ts';
import { runPromtool } from './promtool.ts';
import { dashboardQueries, metricsOf, type Query, type Rules, readPanels, readRules, rulesFolder } from './queries.ts';

try {
  const problems = await check();
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  if (problems.length > 0) process.exitCode = 1;
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 1;
}

async function check(): Promise<string[]> {
  const promtool = await requirePrometheus('promtool', (line) => process.stderr.write(`${line}\n`));
  const folder = await mkdtemp(join(tmpdir(), 'flixtube-promtool-'));
  try {
    const rules = await readRules();
    const queries = dashboardQueries({ service: 'gateway', interval: '1m' });
    const tests = join(observabilityFolder, 'prometheus/tests');
    const results = await Promise.all([
      runPromtool(promtool, ['check', 'config', await configurationIn(folder)]),
      runPromtool(promtool, ['check', 'rules', await rulesOf(queries, folder)]),
      runPromtool(promtool, ['test', 'rules', ...(await readdir(tests)).map((file) => join(tests, file))]),
      problemsOfDashboards(),
      problemsOfMetrics([...queries, ...rules.alerts, ...rules.records], rules),
      problemsOfAlerts(rules),
      problemsOfCompose(),
    ]);
    return results.flat();
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The configuration with the paths of this machine instead of the container's. */
async function configurationIn(folder: string): Promise<string> {
  const path = join(folder, 'prometheus.yaml');
  const text = await readFile(join(observabilityFolder, 'prometheus/prometheus.yaml'), 'utf8');
  await writeFile(path, text.replace('/etc/prometheus/rules', rulesFolder));
  return path;
}

/** promtool parses expressions only where they are those of rules. */
async function rulesOf(queries: Query[], folder: string): Promise<string> {
  const path = join(folder, 'dashboards.yaml');
  const rules = queries.map(({ expr, where }, n) => ({ record: `dashboards:query${n}`, expr, labels: { where } }));
  await writeFile(path, stringify({ groups: [{ name: 'dashboards', rules }] }));
  return path;
}

async function problemsOfDashboards(): Promise<string[]> {
  const problems: string[] = [];
  const files = dashboardFiles();
  for (const [file, text] of Object.entries(files)) {
    const written = await readFile(join(dashboardsFolder, file), 'utf8').catch(() => '');
    if (written !== text) problems.push(`${file} is not what its source says: npm run dashboards writes it anew`);
  }
  for (const file of await readdir(dashboardsFolder)) {
    if (files[file] === undefined) problems.push(`${file} has no source in scripts/observability/dashboards`);
  }
  const provisioned = await readFile(
    join(observabilityFolder, 'grafana/provisioning/datasources/flixtube.yaml'),
    'utf8',
  );
  for (const { file, panels } of readPanels()) {
    for (const { title, datasource } of panels) {
      if (datasource && !provisioned.includes(`uid: ${datasource.uid}\n`))
        problems.push(`${file}: ${title}: there is no datasource ${datasource.uid}`);
    }
  }
  return problems;
}

async function problemsOfMetrics(queries: Query[], rules: Rules): Promise<string[]> {
  const known = await knownMetrics();
  for (const { name } of rules.records) known.add(name);
  return queries.flatMap(({ where, expr }) =>
    metricsOf(expr)
      .filter((name) => !known.has(name))
      .map((name) => `${where}: nothing has a metric ${name}`),
  );
}

async function problemsOfAlerts({ alerts }: Rules): Promise<string[]> {
  const problems: string[] = [];
  const uids = readPanels().map(({ uid }) => uid);
  const runbooks = await readdir(join(root, 'docs/runbooks'));
  const sections = ['## What it means', '## How to see it', '## What to do', '## How to know that it is over'];
  for (const { where, severity, annotations } of alerts) {
    if (!['page', 'ticket'].includes(severity)) problems.push(`${where}: its severity is neither page nor ticket`);
    if (!annotations.summary || !annotations.description) problems.push(`${where}: says not what it is about`);
    const uid = /^\/d\/([^?]+)/.exec(annotations.dashboard ?? '')?.[1];
    if (uid === undefined || !uids.includes(uid)) problems.push(`${where}: there is no dashboard ${uid}`);
    const runbook = annotations.runbook_url?.replace('docs/runbooks/', '') ?? '';
    if (!runbooks.includes(runbook)) problems.push(`${where}: there is no runbook ${annotations.runbook_url}`);
  }
  for (const runbook of runbooks.filter((file) => file !== 'README.md')) {
    const text = await readFile(join(root, 'docs/runbooks', runbook), 'utf8');
    const linked = alerts.some(({ annotations }) => annotations.runbook_url === `docs/runbooks/${runbook}`);
    if (!linked) continue;
    for (const section of sections)
      if (!text.includes(`\n${section}`)) problems.push(`docs/runbooks/${runbook}: has no "${section}"`);
    for (const [, script] of text.matchAll(/npm run ([\w:-]+)/g)) {
      const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
      if (scripts[script ?? ''] === undefined) problems.push(`docs/runbooks/${runbook}: there is no npm run ${script}`);
    }
    for (const [, path] of text.matchAll(/\b(scripts\/[\w./-]+\.(?:ts|sh|mjs))/g)) {
      await readFile(join(root, path ?? '')).catch(() =>
        problems.push(`docs/runbooks/${runbook}: there is no ${path}`),
      );
    }
  }
  return problems;
}
