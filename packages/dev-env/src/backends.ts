import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { startAzurite } from './backends/azurite.ts';
import type { Backend, BackendName, BackendOptions } from './backends/backend.ts';
import { givenAzurite, givenMongodb, givenRabbitmq } from './backends/given.ts';
import { startMongodb } from './backends/mongodb.ts';
import { startRabbitmq } from './backends/rabbitmq.ts';
import { freePort } from './ports.ts';
import { requireProgram, type Say } from './programs.ts';
import { root } from './root.ts';
import { messageOf, SetupFailure } from './setup-failure.ts';

export type { Backend, BackendName } from './backends/backend.ts';

/** What a workspace may ask for. ffmpeg is a program, the others are servers. */
export type Need = BackendName | 'ffmpeg';

export interface BackendPorts {
  rabbitmq: number;
  rabbitmqManagement: number;
  /** Where RabbitMQ tells its metrics; nowhere, when it is left out. */
  rabbitmqPrometheus?: number;
  mongodb: number;
  azurite: number;
}

export interface Backends {
  /** The variables of the environment by which programs find them. */
  env: Record<string, string>;
  list: Backend[];
  /** Ends those that were started here, and leaves given ones alone. Twice is fine. */
  stop(options?: { atOnce?: boolean }): Promise<void>;
}

/** Where built and downloaded programs are kept, for every environment of this clone. */
const binFolder = join(root, '.flixtube/bin');

/**
 * Makes what is needed available: a backend whose URL is in the environment is used as it is, any other one is
 * started, on the given ports or on free ones, with its data in `<dataFolder>/<name>`.
 * @throws SetupFailure with what is missing or unreachable and what to do about it; nothing is then left running.
 */
export async function ensureBackends(o: {
  needs: readonly Need[];
  dataFolder: string;
  ports?: Partial<BackendPorts>;
  say: Say;
  /** False: starts its own even where the environment names one, to be killed at will. */
  useGiven?: boolean;
  onDeath?(name: BackendName, what: string, delayMs: number): void;
  onRecovery?(name: BackendName): void;
  onSpawn?(name: string, pid: number): void;
  /** Breaks the start off. */
  signal?: AbortSignal;
}): Promise<Backends> {
  const dataFolder = resolve(o.dataFolder);
  await mkdir(dataFolder, { recursive: true });
  const step = async <T extends Backend | undefined>(title: string, start: () => Promise<T>): Promise<T> => {
    const startedAt = performance.now();
    const backend = await start();
    const where = backend ? `${backend.product} on port ${backend.port}` : 'found';
    o.say(`${title}: ${where} (${((performance.now() - startedAt) / 1_000).toFixed(1)} s)`);
    return backend;
  };
  const optionsFor = async (name: BackendName): Promise<BackendOptions> => ({
    dataFolder: join(dataFolder, name),
    port: o.ports?.[name] ?? (await freePort()),
    say: o.say,
    onDeath: o.onDeath ?? ((_, what, delayMs) => o.say(`${name} ${what}; started again in ${delayMs / 1_000} s`)),
    onRecovery: o.onRecovery ?? (() => o.say(`${name}: ready again`)),
    ...(o.onSpawn && { onSpawn: o.onSpawn }),
    ...(o.signal && { signal: o.signal }),
  });
  const given = o.useGiven === false ? {} : process.env;
  const starts: Record<Need, () => Promise<Backend | undefined>> = {
    rabbitmq: async () =>
      givenRabbitmq(given) ??
      startRabbitmq({
        ...(await optionsFor('rabbitmq')),
        managementPort: o.ports?.rabbitmqManagement ?? (await freePort()),
        ...(o.ports?.rabbitmqPrometheus !== undefined && { prometheusPort: o.ports.rabbitmqPrometheus }),
      }),
    mongodb: async () => givenMongodb(given) ?? startMongodb({ ...(await optionsFor('mongodb')), binFolder }),
    azurite: async () => givenAzurite(given) ?? startAzurite(await optionsFor('azurite')),
    ffmpeg: async () => {
      await requireProgram({ program: 'ffmpeg', aptPackage: 'ffmpeg', say: o.say });
      return undefined;
    },
  };
  const titles = { rabbitmq: 'RabbitMQ', mongodb: 'MongoDB', azurite: 'Azure Blob', ffmpeg: 'ffmpeg' };

  const settled = await Promise.allSettled([...new Set(o.needs)].map((need) => step(titles[need], starts[need])));
  const list = settled.flatMap((one) => (one.status === 'fulfilled' && one.value ? [one.value] : []));
  const stop = async (options?: { atOnce?: boolean }) => {
    await Promise.all(list.map((backend) => backend.stop(options)));
  };
  const failures = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
  if (failures.length > 0) {
    await stop();
    throw failures.length === 1 ? failures[0] : new SetupFailure(failures.map(messageOf).join('\n\n'));
  }
  return { env: Object.assign({}, ...list.map((backend) => backend.env)), list, stop };
}
