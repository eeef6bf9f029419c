import {
  type EventProbe,
  eventProbe,
  startProxy,
  type TcpProxy,
  type TestVhost,
  testVhost,
} from '@flixtube/dev-env/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type Broker, createBroker } from '../../src/messaging.ts';
import { Arrivals, recordingLogger, thing, thingEvent } from '../support/events.ts';

let vhost: TestVhost;
let probe: EventProbe;
let proxy: TcpProxy;
const brokers: Broker[] = [];

beforeAll(async () => {
  vhost = await testVhost();
  probe = await eventProbe(vhost.url);
  proxy = await startProxy(vhost.url);
});

afterEach(async () => {
  await Promise.all(brokers.splice(0).map((broker) => broker.stop()));
});

afterAll(async () => {
  await proxy.close();
  await probe.close();
  await vhost.close();
});

async function listening(fail: (n: number) => boolean = () => false) {
  const heard = new Arrivals<number | 'gap'>();
  const { logger, said } = recordingLogger();
  const broker = createBroker({ url: proxy.url, service: 'cache', logger });
  brokers.push(broker);
  broker.listen({
    event: thing,
    handle: ({ data }) => {
      if (fail(data.n)) throw new Error('not understood');
      heard.add(data.n);
    },
    onGap: () => heard.add('gap'),
  });
  await broker.start();
  return { broker, heard, said };
}

describe('listen', () => {
  it('when an event is published, then every replica hears it, after a first gap', async () => {
    const one = await listening();
    const two = await listening();

    await probe.publish(thingEvent(1));

    expect(await one.heard.count(2)).toEqual(['gap', 1]);
    expect(await two.heard.count(2)).toEqual(['gap', 1]);
  });

  it('when the connection is lost, then it says so, and after the next one comes a gap before any event', async () => {
    const { broker, heard, said } = await listening();
    await heard.count(1);

    proxy.refuse();
    await said('lost the connection to RabbitMQ', 1, 'consuming');
    expect(broker.isConnected()).toBe(false);
    await probe.publish(thingEvent(2));
    proxy.heal();
    await said('connected to RabbitMQ', 2, 'consuming');
    await broker.start();
    expect(broker.isConnected()).toBe(true);
    await probe.publish(thingEvent(3));

    expect(await heard.count(3)).toEqual(['gap', 'gap', 3]);
  });

  it('when an event cannot be understood or handled, then it counts as a gap and the next one is heard', async () => {
    const { heard } = await listening((n) => n === 5);
    await heard.count(1);

    await probe.publishRaw('thing.happened', 'no event');
    await probe.publish(thingEvent(5));
    await probe.publish(thingEvent(6));

    expect(await heard.count(4)).toEqual(['gap', 'gap', 'gap', 6]);
    expect(probe.deadLetters()).toEqual([]);
  });
});
