import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRabbitmq } from '../backends/rabbitmq.ts';
import { freePort } from '../ports.ts';

export interface TestBroker {
  /** For RABBITMQ_URL. */
  url: string;
  /**
   * Ends it with SIGKILL; it stays down until `start`. A queue that was declared only in the last few seconds may not
   * come back: RabbitMQ writes down late that it exists.
   */
  kill(): Promise<void>;
  /** Ends it in good order; it stays down until `start`. */
  stop(): Promise<void>;
  /** Brings it back, on the same port with the same data; resolves when it takes connections. */
  start(): Promise<void>;
  /** Ends it and removes its data. */
  close(): Promise<void>;
}

/** A RabbitMQ node of the test's own, to be killed and brought back. Takes about 8 s to start. */
export async function testBroker(): Promise<TestBroker> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'flixtube-broker-'));
  const port = await freePort();
  const managementPort = await freePort();
  const launch = () =>
    startRabbitmq({
      dataFolder,
      port,
      managementPort,
      say: () => undefined,
      onDeath: () => undefined,
      onRecovery: () => undefined,
    });
  let node = await launch();
  return {
    url: node.env.RABBITMQ_URL ?? '',
    kill: () => node.stop({ atOnce: true }),
    stop: () => node.stop(),
    start: async () => {
      node = await launch();
    },
    close: async () => {
      await node.stop({ atOnce: true });
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
}
