import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '@flixtube/dev-env/root';

/** Of RabbitMQ's, those that we ask for: https://www.rabbitmq.com/docs/prometheus. */
const ofRabbitmq = ['rabbitmq_queue_messages', 'rabbitmq_queue_messages_ready', 'rabbitmq_queue_messages_unacked'];

/** Of each process of Node, by prom-client, those that we ask for. */
const ofProcesses = [
  'nodejs_eventloop_lag_p99_seconds',
  'nodejs_version_info',
  'process_cpu_seconds_total',
  'process_resident_memory_bytes',
];

/**
 * The names of all series there can be: of RabbitMQ, of processes, `up`, and what the sources of the services make, each
 * of which is named by a literal, `name: 'http_request_duration_seconds'`.
 */
export async function knownMetrics(): Promise<Set<string>> {
  const known = new Set(['up', ...ofRabbitmq, ...ofProcesses]);
  const sources = glob('{packages/chassis,gateway,metadata,video-*,history}/src/**/*.ts', { cwd: root });
  for await (const path of sources) {
    if (path.endsWith('.test.ts')) continue;
    const text = await readFile(join(root, path), 'utf8');
    for (const [, name = ''] of text.matchAll(/\bname: '([a-z][a-z0-9]*(?:_[a-z0-9]+)+)'/g)) {
      for (const suffix of ['', '_bucket', '_sum', '_count']) known.add(name + suffix);
    }
  }
  return known;
}
