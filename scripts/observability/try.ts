/**
 * npm run test:observability: whether what Prometheus, the dashboards and the alerts ask for is what a running system has.
 * Starts a FlixTube of its own and Prometheus with our configuration, uses the site for a minute, and asks every query of
 * every dashboard and rule; then takes backends away, and sees the alerts that are about them come to be.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeClip } from '@flixtube/dev-env/clips';
import { freePort } from '@flixtube/dev-env/ports';
import { serviceNames } from '@flixtube/dev-env/services';
import { messageOf } from '@flixtube/dev-env/setup-failure';
import { type System, startSystem } from '@flixtube/dev-env/system';
import { dashboardQueries, metricsOf, readRules } from './queries.ts';
import { type PrometheusServer, startPrometheus } from './trial/prometheus-server.ts';
import { selectorsOf } from './trial/selectors.ts';
import { Visitor } from './trial/traffic.ts';

const say = (line: string) => process.stderr.write(`${line}\n`);
/** Values of these labels come and go with what happens: that no series has one says nothing. */
const ofWhatHappens = new Set(['status', 'outcome', 'kind']);

const folder = await mkdtemp(join(tmpdir(), 'flixtube-observability-'));
let system: System | undefined;
let prometheus: PrometheusServer | undefined;
try {
  const rabbitmqPrometheus = await freePort();
  const gatewayMetrics = await freePort();
  system = await startSystem({
    dataFolder: join(folder, 'data'),
    ports: { rabbitmqPrometheus },
    env: { METRICS_PORT: String(gatewayMetrics) },
    useGiven: false,
    say,
  });
  const { ports } = system;
  const services = Object.fromEntries(serviceNames.map((name) => [name, ports[name]]));
  prometheus = await startPrometheus({
    folder: join(folder, 'prometheus'),
    ports: { ...services, gateway: gatewayMetrics, rabbitmq: rabbitmqPrometheus },
    say,
  });
  await useTheSite(system.url);
  const problems = [...(await askAll(prometheus)), ...(await takeBackendsAway(system, prometheus))];
  for (const problem of problems) say(problem);
  if (problems.length > 0) process.exitCode = 1;
  say(problems.length === 0 ? 'Every query has an answer' : `${problems.length} problems`);
} catch (error) {
  say(messageOf(error));
  process.exitCode = 1;
} finally {
  await prometheus?.stop();
  await system?.stop({ atOnce: true });
  await rm(folder, { recursive: true, force: true });
}

/** Of four seconds, with sound, that any machine encodes in a moment. */
async function shortClip(): Promise<Buffer> {
  const file = join(folder, 'clip.mp4');
  await makeClip(file, { seconds: 4, size: '320x180', rate: 25 });
  return readFile(file);
}

/** For the better part of a minute, so that counters rise after they were seen for the first time. */
async function useTheSite(url: string): Promise<void> {
  const clip = await shortClip();
  const visitor = new Visitor(url);
  const first = await visitor.processed((await visitor.upload(clip, 'The first')).id);
  say(`The first video is ${first.status}`);
  const torn = await visitor.upload(clip.subarray(0, 3_000), 'A beginning and no more');
  for (const deadline = Date.now() + 15_000; Date.now() < deadline; await sleep(500)) await visitor.watch(first);
  const second = await visitor.processed((await visitor.upload(clip, 'The second')).id);
  await visitor.processed(torn.id);
  await visitor.ask(`/api/videos/${second.id}`, { method: 'DELETE' });
  for (const deadline = Date.now() + 10_000; Date.now() < deadline; await sleep(500))
    await new Visitor(url).watch(first);
}

/** Every query: it is evaluated, has an answer, and asks for metrics and labels that there are. */
async function askAll(server: PrometheusServer): Promise<string[]> {
  const problems: string[] = [];
  const rules = await readRules();
  const panels = dashboardQueries({ service: '$service', interval: '30s' });
  let answered = 0;
  for (const { where, expr } of panels) {
    const asked = expr.includes('$service') ? serviceNames.map((name) => expr.replaceAll('$service', name)) : [expr];
    const counts = await Promise.all(asked.map(async (one) => (await server.query(one)).length));
    if (counts.some((count) => count > 0)) answered += 1;
    else problems.push(`${where}: there is no answer to ${expr}`);
  }
  say(`${answered} of ${panels.length} queries of the dashboards have an answer`);

  for (const { where, expr } of [...rules.records, ...rules.alerts])
    await server.query(expr).catch((e) => problems.push(`${where}: ${messageOf(e)}`));
  const firing = await server.query('ALERTS{alertstate="firing"}');
  for (const { metric } of firing) problems.push(`${metric.alertname} is firing, in a system that is well`);

  const recorded = new Set(rules.records.map(({ name }) => name));
  const asked = [...panels, ...rules.records, ...rules.alerts];
  const metrics = new Set(asked.flatMap(({ expr }) => metricsOf(expr)).filter((name) => !recorded.has(name)));
  for (const name of metrics) {
    if ((await server.query(`count({__name__="${name}"})`)).length === 0)
      problems.push(`Nothing has the metric ${name}`);
  }
  const selectors = new Set<string>();
  for (const { metric, matchers } of asked.flatMap(({ expr }) => selectorsOf(expr))) {
    for (const { label, matcher } of matchers) {
      if (matcher.includes('$service')) continue;
      selectors.add(`${metric}{${ofWhatHappens.has(label) ? `${label}!=""` : matcher}}`);
    }
  }
  for (const selector of selectors) {
    if ((await server.query(`count(${selector})`)).length === 0) problems.push(`No series is ${selector}`);
  }
  say(
    `${metrics.size} metrics and ${selectors.size} selections of series were looked for, ${rules.alerts.length} alerts evaluated`,
  );
  return problems;
}

/** The alerts about backends, by their expressions: how long they must hold is for promtool's tests. */
async function takeBackendsAway(running: System, server: PrometheusServer): Promise<string[]> {
  const { alerts } = await readRules();
  const exprOf = (name: string) => alerts.find((alert) => alert.name === name)?.expr ?? '';
  const problems: string[] = [];
  const comes = async (name: string, expr = exprOf(name)) => {
    const began = Date.now();
    for (const deadline = began + 45_000; Date.now() < deadline; await sleep(500)) {
      const samples = await server.query(expr);
      if (samples.length === 0) continue;
      const of = samples.map(({ metric }) => metric.job).join(', ');
      return say(`${name}: after ${((Date.now() - began) / 1_000).toFixed(0)} s${of && `, for ${of}`}`);
    }
    problems.push(`${name} does not come to be: ${expr}`);
  };
  await running.stopOne('rabbitmq', { atOnce: true });
  await comes('BrokerLost');
  await new Visitor(running.url).upload(await shortClip(), 'While the broker is away');
  // Two minutes are not waited for: it grows.
  await comes('OutboxNotDraining', exprOf('OutboxNotDraining').replace('120', '2'));
  await running.startOne('rabbitmq');
  await running.stopOne('azurite', { atOnce: true });
  await comes('StorageUnreachable');
  await running.stopOne('history', { atOnce: true });
  await comes('ServiceDown');
  await running.stopOne('mongodb', { atOnce: true });
  await comes('DatabaseUnreachable');
  return problems;
}
