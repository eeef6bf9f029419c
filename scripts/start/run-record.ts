import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { root } from '@flixtube/dev-env/root';
import { portsFrom, type SystemPorts, serviceNames } from '@flixtube/dev-env/services';
import type { ComponentName, ComponentStatus } from '@flixtube/dev-env/system';
import type { ProcessMark } from './processes.ts';

/** What `npm start` writes down while it runs: for `npm run status`, and for a next start that finds it killed. */
export interface RunRecord {
  starter: ProcessMark;
  ports: SystemPorts;
  /** Everything that was started, by name; also RabbitMQ's epmd, which is no component. */
  processes: Record<string, ProcessMark>;
  /** Backends that were given by their URL. */
  given: { name: ComponentName; port: number; url: string }[];
}

export type ComponentPlace = Pick<ComponentStatus, 'name' | 'kind' | 'port' | 'url'>;

export const firstPort = 4000;
/** Where the data of `npm start`, its secrets and its record are kept. */
export const stateFolder = resolve(root, process.env.FLIXTUBE_FOLDER || '.flixtube');
const file = join(stateFolder, 'run.json');

/** The record of a system that runs, or of one whose starter was killed; undefined when there is none. */
export function readRecord(): RunRecord | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Replaces the record, whole or not at all. */
export function writeRecord(record: RunRecord): void {
  writeFileSync(`${file}.new`, `${JSON.stringify(record, null, 2)}\n`);
  renameSync(`${file}.new`, file);
}

export function removeRecord(): void {
  rmSync(file, { force: true });
}

/** Every service and backend with its address, whether it runs or not. */
export function places(record: RunRecord | undefined): ComponentPlace[] {
  const ports = record?.ports ?? portsFrom(firstPort);
  const services = serviceNames.map((name): ComponentPlace => {
    return { name, kind: 'service', port: ports[name], url: `http://127.0.0.1:${ports[name]}` };
  });
  const backends: ComponentPlace[] = [
    { name: 'rabbitmq', kind: 'backend', port: ports.rabbitmq, url: `amqp://127.0.0.1:${ports.rabbitmq}` },
    { name: 'mongodb', kind: 'backend', port: ports.mongodb, url: `mongodb://127.0.0.1:${ports.mongodb}` },
    {
      name: 'azurite',
      kind: 'backend',
      port: ports.azurite,
      url: `http://127.0.0.1:${ports.azurite}/devstoreaccount1`,
    },
  ];
  const given = new Map(record?.given.map((one) => [one.name, one]));
  return [...services, ...backends.map((backend) => ({ ...backend, ...given.get(backend.name) }))];
}
