import { setTimeout as sleep } from 'node:timers/promises';
import {
  type EventProbe,
  eventProbe,
  startProxy,
  type TcpProxy,
  type TestVhost,
  testVhost,
} from '@flixtube/dev-env/testing';
import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals';
import { type Broker, type BrokerOptions, createBroker, type FlixEvent } from '../../src/messaging.ts';
import { recordingLogger, soon, type Thing, thing } from './events.ts';

export type RecordedBroker = Broker & Pick<ReturnType<typeof recordingLogger>, 'said'>;

/** What the tests of consumers have in common: a virtual host, a probe, a bad network, and a new service for each test. */
export interface ConsumerBench {
  vhost: TestVhost;
  probe: EventProbe;
  proxy: TcpProxy;
  service: string;
  /** A started broker of this test's service, stopped after it. */
  started(subscribe: (broker: Broker) => void, options?: Partial<BrokerOptions>): Promise<RecordedBroker>;
  /** One that subscribes to things. */
  consuming(
    handle: (event: FlixEvent<Thing>) => Promise<void>,
    options?: Partial<BrokerOptions>,
  ): Promise<RecordedBroker>;
  /** Messages that wait in the service's queue. */
  waiting(): Promise<number>;
  /** Dead letters of the service, put there with a reason. */
  letters(): unknown[];
  /** Has the broker end both connections of a service. */
  cutBoth(broker: RecordedBroker): Promise<void>;
}

/** To be called at the top of a test file, since it adds hooks. */
export function consumerBench(): ConsumerBench {
  const brokers: Broker[] = [];
  let count = 0;
  const bench = {} as ConsumerBench;

  beforeAll(async () => {
    bench.vhost = await testVhost();
    bench.probe = await eventProbe(bench.vhost.url);
    bench.proxy = await startProxy(bench.vhost.url);
  });
  beforeEach(() => {
    count += 1;
    bench.service = `consumer-${count}`;
  });
  afterEach(async () => {
    bench.proxy.heal();
    await Promise.all(brokers.splice(0).map((broker) => broker.stop()));
  });
  afterAll(async () => {
    await bench.proxy.close();
    await bench.probe.close();
    await bench.vhost.close();
  });

  bench.started = async (subscribe, options = {}) => {
    const { logger, said } = recordingLogger();
    const broker = createBroker({ url: bench.vhost.url, service: bench.service, logger, retry: soon, ...options });
    brokers.push(broker);
    subscribe(broker);
    await broker.start();
    return Object.assign(broker, { said });
  };
  bench.consuming = (handle, options) => bench.started((broker) => broker.subscribe({ event: thing, handle }), options);
  bench.waiting = () => bench.vhost.queueDepth(`${bench.service}.thing.happened`);
  bench.letters = () =>
    bench.probe.deadLetters().filter(({ headers }) => headers['x-event-queue'] === `${bench.service}.thing.happened`);
  bench.cutBoth = async (broker) => {
    let lost = false;
    const both = Promise.all([
      broker.said('lost the connection to RabbitMQ', 1, 'publishing'),
      broker.said('lost the connection to RabbitMQ', 1, 'consuming'),
    ]).then(() => {
      lost = true;
    });
    // The broker lists a connection only after a moment, so that one cut may find just one of the two.
    while (!lost) {
      await bench.vhost.cutConnections();
      await Promise.race([both, sleep(500)]);
    }
  };
  return bench;
}
