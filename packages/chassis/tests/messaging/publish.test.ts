import {
  type EventProbe,
  eventProbe,
  startProxy,
  type TcpProxy,
  type TestVhost,
  testVhost,
} from '@flixtube/dev-env/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import amqp from 'amqplib';
import { type Broker, createBroker } from '../../src/messaging.ts';
import { runInTrace } from '../../src/trace.ts';
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

async function started(url = vhost.url): Promise<Broker> {
  const broker = createBroker({ url, service: 'publisher', logger: recordingLogger().logger });
  brokers.push(broker);
  await broker.start();
  return broker;
}

describe('publish', () => {
  it('when a queue takes the event, then the broker holds it as a persistent CloudEvent with its trace beside it', async () => {
    const broker = await started();
    const connection = await amqp.connect(vhost.url, { clientProperties: { connection_name: 'test' } });
    const channel = await connection.createChannel();
    const { queue } = await channel.assertQueue('', { exclusive: true });
    await channel.bindQueue(queue, 'flixtube.events', 'thing.*');
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const event = runInTrace(traceparent, () => thingEvent(1, { id: 'id-1', time: '2026-01-02T03:04:05.678Z' }));

    await broker.publish(event);

    const message = await channel.get(queue, { noAck: true });
    if (!message) throw new Error('nothing was published');
    expect(JSON.parse(message.content.toString())).toEqual({
      specversion: '1.0',
      id: 'id-1',
      source: 'test',
      type: 'thing.happened',
      time: '2026-01-02T03:04:05.678Z',
      subject: 'thing-1',
      datacontenttype: 'application/json',
      data: { n: 1 },
    });
    expect(message.fields).toMatchObject({ exchange: 'flixtube.events', routingKey: 'thing.happened' });
    expect(message.properties).toMatchObject({
      contentType: 'application/cloudevents+json',
      deliveryMode: 2,
      messageId: 'id-1',
      type: 'thing.happened',
      timestamp: Date.parse('2026-01-02T03:04:05Z') / 1_000,
      appId: 'publisher',
    });
    expect(message.properties.headers?.traceparent).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-01$/);
    await connection.close();
  });

  it('when no queue takes such an event, then it is refused as unavailable and others pass', async () => {
    const lonely = await testVhost();
    const broker = await started(lonely.url);
    const connection = await amqp.connect(lonely.url, { clientProperties: { connection_name: 'test' } });
    const channel = await connection.createChannel();
    await channel.assertQueue('taken');
    await channel.bindQueue('taken', 'flixtube.events', 'other.happened');

    const [unroutable, routable] = await Promise.allSettled([
      broker.publish(thingEvent(1)),
      broker.publish({ ...thingEvent(2), type: 'other.happened' }),
    ]);

    expect(unroutable).toMatchObject({ status: 'rejected', reason: { kind: 'unavailable' } });
    expect(routable.status).toBe('fulfilled');
    await connection.close();
    await broker.stop();
    await lonely.close();
  });

  it('when there is no connection, then it is refused at once', async () => {
    proxy.refuse();
    const broker = await started(proxy.url);
    const began = performance.now();

    await expect(broker.publish(thingEvent(1))).rejects.toMatchObject({ kind: 'unavailable' });

    expect(performance.now() - began).toBeLessThan(500);
    await expect(broker.check()).rejects.toMatchObject({
      kind: 'unavailable',
      detail: 'There is no connection to RabbitMQ.',
    });
    proxy.heal();
  });

  it('when the connection is cut with many unconfirmed, then each promise settles and what was promised is there', async () => {
    const { logger, said } = recordingLogger();
    const broker = createBroker({ url: proxy.url, service: 'publisher', logger });
    brokers.push(broker);
    await broker.start();
    const firstConfirm = new Arrivals<number>();
    const numbers = Array.from({ length: 500 }, (_, index) => 1_000 + index);

    const attempts = numbers.map((n) => broker.publish(thingEvent(n)).then(() => firstConfirm.add(n)));
    await firstConfirm.count(1);
    proxy.cut();
    const settled = await Promise.allSettled(attempts);

    const failed = numbers.filter((_, index) => settled[index]?.status === 'rejected');
    expect(failed.length).toBeGreaterThan(0);
    for (const one of settled) if (one.status === 'rejected') expect(one.reason).toMatchObject({ kind: 'unavailable' });
    await said('connected to RabbitMQ', 2);
    await broker.start();
    for (const n of failed) await broker.publish(thingEvent(n));
    for (const n of numbers) await probe.next(thing.type, (event) => event.data.n === n);
  });

  it('when the broker falls silent, then it is refused after 5 s, memory is bounded, and the connection is replaced', async () => {
    const { logger, said } = recordingLogger();
    const broker = createBroker({ url: proxy.url, service: 'publisher', logger });
    brokers.push(broker);
    await broker.start();
    proxy.blackhole();
    const began = performance.now();

    const attempts = Array.from({ length: 5_000 }, (_, n) => broker.publish(thingEvent(10_000 + n)));
    const oneTooMany = broker.publish(thingEvent(20_000));
    await expect(oneTooMany).rejects.toMatchObject({ kind: 'unavailable' });
    expect(performance.now() - began).toBeLessThan(4_000);
    const settled = await Promise.allSettled(attempts);

    expect(performance.now() - began).toBeGreaterThan(4_900);
    expect(settled.every(({ status }) => status === 'rejected')).toBe(true);
    await expect(broker.publish(thingEvent(20_001))).rejects.toMatchObject({ kind: 'unavailable' });
    proxy.heal();
    await said('lost the connection to RabbitMQ');
    expect(performance.now() - began).toBeLessThan(20_000);
    await said('connected to RabbitMQ', 2);
    await broker.start();
    await broker.publish(thingEvent(20_002));
    await probe.next(thing.type, (event) => event.data.n === 20_002);
  }, 60_000);

  it('when an event cannot be sent as a message, then it is refused and the next one passes', async () => {
    const broker = await started();

    await expect(broker.publish({ ...thingEvent(1), type: 'x'.repeat(300) })).rejects.toMatchObject({
      kind: 'internal',
    });

    await broker.publish(thingEvent(30_000));
    await probe.next(thing.type, (event) => event.data.n === 30_000);
  });
});

describe('check', () => {
  it('when the connection stands, then it resolves, and after stop it rejects', async () => {
    const broker = await started();

    await expect(broker.check()).resolves.toBeUndefined();
    expect(broker.isConnected()).toBe(true);

    await broker.stop();
    await broker.stop();
    await expect(broker.check()).rejects.toMatchObject({ kind: 'unavailable' });
    expect(broker.isConnected()).toBe(false);
  });
});
