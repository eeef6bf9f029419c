import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ManagedProcess } from '../managed-process.ts';
import { accepts, freePort } from '../ports.ts';
import { findProgram, requireProgram, runnable } from '../programs.ts';
import { type Backend, type BackendOptions, logFile } from './backend.ts';

// What /usr/sbin/rabbitmq-server of Debian ends in. That wrapper changes to the user "rabbitmq" when root runs it and
// refuses everyone else, so that neither could keep the data in a folder of their own.
const behindDebiansWrapper = '/usr/lib/rabbitmq/bin/rabbitmq-server';

type RabbitmqOptions = BackendOptions & {
  managementPort: number;
  /** Where it tells its metrics; nowhere, when it is left out. */
  prometheusPort?: number;
};

/** A RabbitMQ node of its own: name, ports, cookie, plugins and data, whatever else runs on the machine. */
export async function startRabbitmq(o: RabbitmqOptions): Promise<Backend> {
  const onPath = await requireProgram({
    program: 'rabbitmq-server',
    aptPackage: 'rabbitmq-server',
    otherWays: [
      'https://www.rabbitmq.com/docs/download, with rabbitmq-server on PATH',
      'RABBITMQ_URL=amqp://user:password@host:5672 in the environment, for one that runs elsewhere',
    ],
    say: o.say,
  });
  const server = (await runnable(behindDebiansWrapper)) ? behindDebiansWrapper : onPath;
  const epmdPort = await freePort();
  const env = await prepare(o, epmdPort, await freePort());
  const log = logFile(join(o.dataFolder, 'rabbitmq.log'));
  const managementUrl = `http://127.0.0.1:${o.managementPort}`;

  // Erlang nodes find each other through epmd, which the first node of a machine would start as a daemon that stays.
  // Ours is a child like the others, on a port that nobody else asks.
  const epmdProgram = await findProgram('epmd');
  const epmd = epmdProgram
    ? new ManagedProcess({
        name: 'epmd',
        command: epmdProgram,
        args: ['-port', String(epmdPort), '-address', '127.0.0.1', '-relaxed_command_check'],
        env,
        isReady: () => accepts(epmdPort),
        onLine: log,
        ...(o.onSpawn && { onSpawn: o.onSpawn }),
        stopWithinMs: 2_000,
      })
    : undefined;
  const broker = new ManagedProcess({
    name: 'rabbitmq',
    command: server,
    args: [],
    cwd: o.dataFolder,
    env,
    // The AMQP listener is the last thing that RabbitMQ starts; the management API may answer before it.
    isReady: async () => (await accepts(o.port)) && (await answersManagement(managementUrl)),
    onLine: log,
    ...(o.onSpawn && { onSpawn: o.onSpawn }),
    onDeath: (what, delayMs) => o.onDeath('rabbitmq', what, delayMs),
    onRecovery: () => o.onRecovery('rabbitmq'),
    stopWithinMs: 10_000,
  });
  const stop = async (options?: { atOnce?: boolean }) => {
    await broker.stop(options);
    await epmd?.stop(options);
  };

  try {
    await epmd?.start();
    await epmd?.ready(10_000, o);
    await broker.start();
    await broker.ready(120_000, o);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    name: 'rabbitmq',
    product: 'RabbitMQ',
    port: o.port,
    url: `amqp://127.0.0.1:${o.port}`,
    env: {
      RABBITMQ_URL: `amqp://guest:guest@127.0.0.1:${o.port}`,
      RABBITMQ_MANAGEMENT_URL: `http://guest:guest@127.0.0.1:${o.managementPort}`,
    },
    process: broker,
    isReady: () => broker.isReady(),
    stop,
  };
}

async function prepare(o: RabbitmqOptions, epmdPort: number, distributionPort: number): Promise<NodeJS.ProcessEnv> {
  const at = (...parts: string[]) => join(o.dataFolder, ...parts);
  await mkdir(at('home'), { recursive: true });
  await mkdir(at('data'), { recursive: true });
  const measured = o.prometheusPort !== undefined;
  await writeFile(at('enabled_plugins'), `[rabbitmq_management${measured ? ',rabbitmq_prometheus' : ''}].\n`);
  await writeFile(
    at('rabbitmq.conf'),
    [
      `listeners.tcp.1 = 127.0.0.1:${o.port}`,
      'management.tcp.ip = 127.0.0.1',
      `management.tcp.port = ${o.managementPort}`,
      ...(measured ? ['prometheus.tcp.ip = 127.0.0.1', `prometheus.tcp.port = ${o.prometheusPort}`] : []),
      'vm_memory_high_watermark.absolute = 512MB',
      'disk_free_limit.absolute = 200MB',
      // The log of the quorum queues before it is split: 512 MiB by default, held in memory.
      'raft.wal_max_size_bytes = 67108864',
      'collect_statistics_interval = 1000',
      // Half an hour unless said: a piece of a hard video may take longer, and would go from one worker to the next.
      'consumer_timeout = 43200000',
      'log.console = true',
      'log.console.level = warning',
      'log.file = false',
      '',
    ].join('\n'),
  );
  await writeFile(at('advanced.config'), '[].\n');
  await writeFile(at('rabbitmq-env.conf'), '');
  return {
    PATH: process.env.PATH,
    LANG: 'C.UTF-8',
    HOME: at('home'),
    RABBITMQ_CONF_ENV_FILE: at('rabbitmq-env.conf'),
    RABBITMQ_NODENAME: 'flixtube@localhost',
    RABBITMQ_DIST_PORT: String(distributionPort),
    ERL_EPMD_PORT: String(epmdPort),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_CONFIG_FILE: at('rabbitmq.conf'),
    RABBITMQ_ADVANCED_CONFIG_FILE: at('advanced.config'),
    RABBITMQ_ENABLED_PLUGINS_FILE: at('enabled_plugins'),
    RABBITMQ_MNESIA_BASE: at('data'),
    RABBITMQ_LOG_BASE: at('log'),
    RABBITMQ_PID_FILE: at('rabbitmq.pid'),
    RABBITMQ_SCHEMA_DIR: at('schema'),
    RABBITMQ_GENERATED_CONFIG_DIR: at('config'),
    // Two schedulers that sleep instead of spinning: a development broker is idle nearly always.
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS:
      '+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none -kernel inet_dist_use_interface {127,0,0,1}',
  };
}

async function answersManagement(url: string): Promise<boolean> {
  const answer = await fetch(`${url}/api/whoami`, {
    headers: { authorization: `Basic ${btoa('guest:guest')}` },
    signal: AbortSignal.timeout(5_000),
  });
  await answer.body?.cancel();
  return answer.ok;
}
