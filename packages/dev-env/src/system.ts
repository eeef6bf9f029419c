import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { logFile } from './backends/backend.ts';
import { type Backend, type BackendName, type Backends, ensureBackends } from './backends.ts';
import { ManagedProcess } from './managed-process.ts';
import { freePort } from './ports.ts';
import type { Say } from './programs.ts';
import { root } from './root.ts';
import { environmentOf, type ServiceName, type SystemPorts, serviceNames } from './services.ts';
import { buildWeb } from './web-build.ts';

export type ComponentName = ServiceName | BackendName;

/** A service or a backend, as it is now. */
export interface ComponentStatus {
  name: ComponentName;
  kind: 'service' | 'backend';
  /** Null when it does not run, or runs elsewhere and was given by its URL. */
  pid: number | null;
  port: number;
  url: string;
  ready: boolean;
}

export interface SystemOptions {
  /** Where the data and logs of this system are kept. */
  dataFolder: string;
  /** Free ones are taken for those that are left out. */
  ports?: Partial<SystemPorts>;
  secrets?: { IDENTITY_SECRET: string; COOKIE_SECRET: string };
  /** Uses the backends that the environment names, if any, instead of its own. */
  useGiven?: boolean;
  /** More for the environment of every service. */
  env?: Record<string, string>;
  /** Steps of the start, and what dies and is started again. */
  say: Say;
  /** Each line that a service prints. */
  onLine?(service: ServiceName, line: string): void;
  /** Told of everything that is started, each time; besides the components, RabbitMQ's `epmd`. */
  onSpawn?(name: string, pid: number): void;
  /** Breaks the start off; nothing is then left running. */
  signal?: AbortSignal;
}

/** A whole FlixTube of its own: backends and services, each a process that is restarted when it dies. */
export interface System {
  /** The gateway's address. */
  url: string;
  ports: SystemPorts;
  /** What a program needs in its environment to reach the backends. */
  env: Record<string, string>;
  status(): Promise<ComponentStatus[]>;
  /** Resolves when all, or the named ones, are ready; rejects when they are not within `withinMs` (60 s). */
  ready(names?: ComponentName[], withinMs?: number): Promise<void>;
  /** Sends a signal and waits for the end that it brings, when it does. It is started again with growing delay. */
  kill(name: ComponentName, signal?: 'SIGKILL' | 'SIGTERM' | 'SIGABRT'): Promise<void>;
  /** Ends one, in order or `atOnce` (SIGKILL); it stays down until `startOne`. */
  stopOne(name: ComponentName, options?: { atOnce?: boolean }): Promise<void>;
  /** Starts one that was stopped; resolves when it is ready. */
  startOne(name: ComponentName): Promise<void>;
  /** Stops one in order and starts it again; resolves when it is ready. */
  restart(name: ComponentName): Promise<void>;
  /** Ends everything in order: the gateway, the other services, the backends. Twice is fine. */
  stop(options?: { atOnce?: boolean }): Promise<void>;
}

/** Those through which videos stream: docs/decisions/0011-a-small-young-generation-where-bytes-stream.md. */
const streaming: ReadonlySet<string> = new Set([
  'gateway',
  'video-upload',
  'video-storage',
  'video-streaming',
  'video-processing',
]);

/**
 * Starts a whole FlixTube and resolves when all of it is ready.
 * @throws SetupFailure with what is missing and what to do about it; nothing is then left running.
 */
export async function startSystem(o: SystemOptions): Promise<System> {
  const dataFolder = resolve(o.dataFolder);
  await mkdir(join(dataFolder, 'logs'), { recursive: true });
  const ports = await completed(o.ports ?? {});
  await buildWeb(o.say, o.signal);
  const sayDeath = (name: string, what: string, delayMs: number) =>
    o.say(`${name} ${what}; it is started again in ${delayMs / 1_000} s`);
  const backends = await ensureBackends({
    needs: ['rabbitmq', 'mongodb', 'azurite', 'ffmpeg'],
    dataFolder,
    ports,
    say: o.say,
    useGiven: o.useGiven === true,
    onDeath: sayDeath,
    onRecovery: (name) => o.say(`${name}: ready again`),
    ...(o.onSpawn && { onSpawn: o.onSpawn }),
    ...(o.signal && { signal: o.signal }),
  });
  const secrets = o.secrets ?? { IDENTITY_SECRET: secret(), COOKIE_SECRET: secret() };
  const services = serviceNames.map((name) => {
    const log = logFile(join(dataFolder, 'logs', `${name}.log`));
    return new ManagedProcess({
      name,
      command: process.execPath,
      args: [...(streaming.has(name) ? ['--max-semi-space-size=1'] : []), 'src/main.ts'],
      cwd: join(root, name),
      env: {
        ...inherited(),
        ...backends.env,
        ...secrets,
        ...o.env,
        ...environmentOf(name, ports),
      },
      isReady: () => answersReady(ports[name]),
      onLine: (line) => {
        log(line);
        o.onLine?.(name, line);
      },
      linesAreSeen: o.onLine !== undefined,
      ...(o.onSpawn && { onSpawn: o.onSpawn }),
      onDeath: (what, delayMs) => sayDeath(name, what, delayMs),
      onRecovery: () => o.say(`${name}: ready again`),
      stopWithinMs: 30_000,
    });
  });
  const system = systemOf(ports, backends, services);
  try {
    await Promise.all(services.map((service) => service.start()));
    await Promise.all(services.map((service) => startedService(service, o)));
    return system;
  } catch (error) {
    await system.stop();
    throw error;
  }
}

async function startedService(service: ManagedProcess, o: SystemOptions): Promise<void> {
  const startedAt = performance.now();
  await service.ready(60_000, o);
  o.say(`${service.name}: ready (${((performance.now() - startedAt) / 1_000).toFixed(1)} s)`);
}

function systemOf(ports: SystemPorts, backends: Backends, services: ManagedProcess[]): System {
  const processOf = (name: ComponentName): ManagedProcess => {
    const service = services.find((one) => one.name === name);
    const found = service ?? backends.list.find((one) => one.name === name)?.process;
    if (!found) throw new Error(`${name} does not run here: it was given by its URL`);
    return found;
  };
  const allNames = [...serviceNames, ...backends.list.filter((one) => one.process).map((one) => one.name)];
  return {
    url: `http://127.0.0.1:${ports.gateway}`,
    ports,
    env: backends.env,
    status: () =>
      Promise.all([
        ...services.map((service) => statusOfService(service, ports)),
        ...backends.list.map((backend) => statusOfBackend(backend)),
      ]),
    ready: async (names = allNames, withinMs = 60_000) => {
      await Promise.all(names.map((name) => processOf(name).ready(withinMs, { evenIfItDies: true })));
    },
    kill: async (name, signal = 'SIGKILL') => {
      const gone = processOf(name).gone();
      processOf(name).kill(signal);
      await gone;
    },
    stopOne: (name, options) => processOf(name).stop(options),
    startOne: async (name) => {
      await processOf(name).start();
      await processOf(name).ready(60_000);
    },
    restart: async (name) => {
      await processOf(name).stop();
      await processOf(name).start();
      await processOf(name).ready(60_000);
    },
    stop: async (options) => {
      const [gateway, ...others] = services;
      await gateway?.stop(options);
      await Promise.all(others.map((service) => service.stop(options)));
      await backends.stop(options);
    },
  };
}

async function statusOfService(service: ManagedProcess, ports: SystemPorts): Promise<ComponentStatus> {
  const name = service.name as ServiceName;
  const port = ports[name];
  const ready = await service.isReady();
  return { name, kind: 'service', pid: service.pid ?? null, port, url: `http://127.0.0.1:${port}`, ready };
}

async function statusOfBackend(backend: Backend): Promise<ComponentStatus> {
  const { name, port, url } = backend;
  return { name, kind: 'backend', pid: backend.process?.pid ?? null, port, url, ready: await backend.isReady() };
}

/** Whether a service answers that it is ready. */
async function answersReady(port: number): Promise<boolean> {
  const answer = await fetch(`http://127.0.0.1:${port}/health/ready`, { signal: AbortSignal.timeout(5_000) });
  await answer.body?.cancel();
  return answer.ok;
}

async function completed(given: Partial<SystemPorts>): Promise<SystemPorts> {
  const free = async (name: Exclude<keyof SystemPorts, 'rabbitmqPrometheus'>) => given[name] ?? (await freePort());
  const [rabbitmq, rabbitmqManagement, mongodb, azurite] = await Promise.all([
    free('rabbitmq'),
    free('rabbitmqManagement'),
    free('mongodb'),
    free('azurite'),
  ]);
  const services = await Promise.all(serviceNames.map(async (name) => [name, await free(name)] as const));
  const forServices = Object.fromEntries(services) as Record<ServiceName, number>;
  const { rabbitmqPrometheus } = given;
  const measured = rabbitmqPrometheus === undefined ? {} : { rabbitmqPrometheus };
  return { ...forServices, ...measured, rabbitmq, rabbitmqManagement, mongodb, azurite };
}

// A service sees of the starter's environment what every program needs, and not, say, a PORT that someone exported.
function inherited(): NodeJS.ProcessEnv {
  const names = [
    ...['PATH', 'HOME', 'LANG', 'TZ', 'TMPDIR', 'LOG_LEVEL', 'NODE_EXTRA_CA_CERTS', 'FLAGS_FILE'],
    ...['UPLOAD_MAX_BYTES', 'UPLOAD_KINDS', 'UPLOADS_PER_VIEWER', 'UPLOAD_EXPIRES_SECONDS'],
    ...['PROCESSING_CONCURRENCY', 'PROCESSING_THREADS', 'PROCESSING_WINDOW'],
    'STREAM_DELIVERY',
    ...['PROCESSING_FOLDER', 'PROCESSING_CACHE_MIB'],
  ];
  // OpenTelemetry's own settings have its names.
  names.push(...Object.keys(process.env).filter((name) => name.startsWith('OTEL_')));
  return Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}

function secret(): string {
  return randomBytes(32).toString('base64url');
}
