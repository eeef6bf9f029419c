import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ManagedProcess } from '@flixtube/dev-env/managed-process';
import { freePort } from '@flixtube/dev-env/ports';
import { requirePrometheus } from '@flixtube/dev-env/prometheus';
import { parse, stringify } from 'yaml';
import { observabilityFolder } from '../dashboards.ts';
import { rulesFolder } from '../queries.ts';

/** One line of an answer: its labels, and its value now. */
interface Sample {
  metric: Record<string, string>;
  value: number;
}

/** Our Prometheus, with its real rules, that measures a system on this machine. */
export interface PrometheusServer {
  url: string;
  /** What an expression gives now. Rejects with Prometheus's words when it cannot be evaluated. */
  query(expr: string): Promise<Sample[]>;
  stop(): Promise<void>;
}

interface Configuration {
  global: Record<string, string>;
  rule_files: string[];
  scrape_configs: { job_name: string; dns_sd_configs?: unknown; static_configs?: { targets: string[] }[] }[];
}

/**
 * Starts it with the configuration of Compose, in which nothing is changed but where things are and how often they are
 * asked: every second, so that a minute of traffic is enough for a rate.
 *
 * @param o.ports where each job's metrics are, on 127.0.0.1; jobs that are not named are left out
 */
export async function startPrometheus(o: {
  folder: string;
  ports: Record<string, number>;
  say(line: string): void;
}): Promise<PrometheusServer> {
  const program = await requirePrometheus('prometheus', o.say);
  const port = await freePort();
  await mkdir(o.folder, { recursive: true });
  const file = join(o.folder, 'prometheus.yaml');
  await writeFile(file, stringify(await configurationFor({ ...o.ports, prometheus: port })));
  const url = `http://127.0.0.1:${port}`;
  const lines: string[] = [];
  const server = new ManagedProcess({
    name: 'prometheus',
    command: program,
    args: [
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(o.folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=warn',
    ],
    env: { PATH: process.env.PATH },
    isReady: async () => (await fetch(`${url}/-/ready`)).ok,
    onLine: (line) => lines.push(line),
    stopWithinMs: 5_000,
  });
  await server.start();
  await server.ready(30_000);
  return {
    url,
    query: (expr) => query(url, expr),
    stop: () => server.stop(),
  };
}

async function configurationFor(ports: Record<string, number>): Promise<Configuration> {
  const text = await readFile(join(observabilityFolder, 'prometheus/prometheus.yaml'), 'utf8');
  const configuration = parse(text) as Configuration;
  return {
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    rule_files: [join(rulesFolder, '*.yaml')],
    scrape_configs: configuration.scrape_configs.flatMap(({ dns_sd_configs: _, ...job }) => {
      const port = ports[job.job_name];
      return port === undefined ? [] : [{ ...job, static_configs: [{ targets: [`127.0.0.1:${port}`] }] }];
    }),
  };
}

async function query(url: string, expr: string): Promise<Sample[]> {
  const answer = await fetch(`${url}/api/v1/query`, { method: 'POST', body: new URLSearchParams({ query: expr }) });
  const body = (await answer.json()) as {
    status: string;
    error?: string;
    data: { result: { metric: Record<string, string>; value: [number, string] }[] };
  };
  if (body.status !== 'success') throw new Error(`${expr}: ${body.error}`);
  return body.data.result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
}
