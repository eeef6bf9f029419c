import { setTimeout as sleep } from 'node:timers/promises';
import { type EventProbe, eventProbe, type TestVhost, testVhost } from '@flixtube/dev-env/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import amqp from 'amqplib';
import { DomainError } from '../../src/errors.ts';
import { type Broker, type BrokerOptions, createBroker, type FlixEvent } from '../../src/messaging.ts';
import { currentTrace } from '../../src/trace.ts';
import { Arrivals, gate, recordingLogger, soon, type Thing, thing, thingEvent } from '../support/events.ts';
import { startProxy, type TcpProxy } from '../support/proxy.ts';

let vhost: TestVhost;
let probe: EventProbe;
let proxy: TcpProxy;
let service: string;
let count = 0;
const brokers: Broker[] = [];

beforeAll(async () => {
  vhost = await testVhost();
  probe = await eventProbe(vhost.url);
  proxy = await startProxy(vhost.url);
});

beforeEach(() => {
  count += 1;
  service = `consumer-${count}`;
});

afterEach(async () => {
  proxy.heal();
  await Promise.all(brokers.splice(0).map((broker) => broker.stop()));
});

afterAll(async () => {
  await proxy.close();
  await probe.close();
  await vhost.close();
});

async function consuming(
  handle: (event: FlixEvent<Thing>) => Promise<void>,
  options: Partial<BrokerOptions> = {},
): Promise<Broker & { said: ReturnType<typeof recordingLogger>['said'] }> {
  const { logger, said } = recordingLogger();
  const broker = createBroker({ url: vhost.url, service, logger, retry: soon, ...options });
  brokers.push(broker);
  broker.subscribe({ event: thing, handle });
  await broker.start();
  return Object.assign(broker, { said });
}

const unavailable = () => new DomainError('unavailable', 'Not now.');

describe('subscribe', () => {
  it('when an event arrives, then it is handled within its trace and acknowledged', async () => {
    const handled = new Arrivals<{ event: FlixEvent<Thing>; traceId: string | undefined }>();
    const broker = await consuming(async (event) => handled.add({ event, traceId: currentTrace()?.traceId }));
    const event = thingEvent(1);

    await probe.publish(event, { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' });

    const [first] = await handled.count(1);
    expect(first).toEqual({ event, traceId: '0af7651916cd43dd8448eb211c80319c' });
    await broker.stop();
    expect(await vhost.queueDepth(`${service}.thing.happened`)).toBe(0);
  });

  it('when an event carries attributes and data that nobody knows yet, then it is handled', async () => {
    const handled = new Arrivals<FlixEvent<Thing>>();
    await consuming(async (event) => handled.add(event));

    await probe.publish({ ...thingEvent(2), dataschema: 'v9', data: { n: 2, later: true } } as FlixEvent);

    const [first] = await handled.count(1);
    expect(first?.data).toEqual({ n: 2 });
  });

  it.each([
    ['no JSON', '{"specversion":', 'not JSON'],
    ['no event', JSON.stringify({ id: 'x' }), 'Not a CloudEvent'],
    ['another event', JSON.stringify({ ...thingEvent(1), type: 'other.happened' }), 'other.happened'],
    ['data against the contract', JSON.stringify({ ...thingEvent(1), data: { n: 'one' } }), 'data.n'],
  ])(
    'when a message is %s, then it is dead-lettered at once with its reason and the next is handled',
    async (_, body, why) => {
      const handled = new Arrivals<FlixEvent<Thing>>();
      await consuming(async (event) => handled.add(event));

      await probe.publishRaw('thing.happened', body);
      await probe.publish(thingEvent(3));

      const letter = await probe.nextDeadLetter((one) => one.headers['x-event-queue'] === `${service}.thing.happened`);
      expect(letter.headers['x-reason']).toContain(why);
      expect((await handled.count(1)).map(({ data }) => data.n)).toEqual([3]);
    },
  );

  it('when a handler fails for a while as unavailable, then it is tried until it works and nothing is dead-lettered', async () => {
    let tries = 0;
    const handled = new Arrivals<number>();
    const broker = await consuming(async () => {
      tries += 1;
      if (tries <= 8) throw unavailable();
      handled.add(tries);
    });

    await probe.publish(thingEvent(4));

    expect(await handled.count(1)).toEqual([9]);
    await broker.stop();
    expect(await vhost.queueDepth(`${service}.thing.happened`)).toBe(0);
    expect(lettersOf(service)).toEqual([]);
  });

  it('when an adapter lets the network error of its driver through, then that is taken as transient too', async () => {
    let tries = 0;
    const handled = new Arrivals<number>();
    await consuming(async () => {
      tries += 1;
      if (tries <= 6)
        throw Object.assign(new Error('connection 3 to 10.0.0.1:27017 closed'), { name: 'MongoNetworkError' });
      handled.add(tries);
    });

    await probe.publish(thingEvent(5));

    expect(await handled.count(1)).toEqual([7]);
  });

  it('when a handler keeps failing otherwise, then it is tried five times and dead-lettered with the reason', async () => {
    let tries = 0;
    await consuming(async () => {
      tries += 1;
      throw new TypeError('cannot read the moon');
    });
    const event = thingEvent(6);

    await probe.publish(event, { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' });

    const letter = await probe.nextDeadLetter((one) => one.headers['x-event-queue'] === `${service}.thing.happened`);
    expect(letter.body).toEqual(event);
    expect(letter.headers).toMatchObject({
      'x-reason': 'TypeError: cannot read the moon',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    });
    expect(tries).toBe(5);
  });

  it('when a handler throws at once instead of rejecting, then that is a failure like any other', async () => {
    const handled = new Arrivals<number>();
    let tries = 0;
    await consuming(() => {
      tries += 1;
      if (tries === 1) throw unavailable();
      handled.add(tries);
      return Promise.resolve();
    });

    await probe.publish(thingEvent(7));

    expect(await handled.count(1)).toEqual([2]);
  });

  it('when one message waits for its next try, then others are handled meanwhile', async () => {
    const handled = new Arrivals<number>();
    const others = gate();
    await consuming(async ({ data }) => {
      if (data.n === 10 && handled.all.length < 3) {
        others.open();
        throw unavailable();
      }
      handled.add(data.n);
    });

    await probe.publish(thingEvent(10));
    await others.opened;
    for (const n of [11, 12, 13]) await probe.publish(thingEvent(n));

    expect(await handled.count(4)).toEqual([11, 12, 13, 10]);
  });

  it('when trouble lasts longer than a message may be held, then it is renewed without counting towards the limit', async () => {
    let tries = 0;
    const handled = new Arrivals<number>();
    const broker = await consuming(
      async () => {
        tries += 1;
        if (tries <= 6) throw unavailable();
        handled.add(tries);
      },
      { deliveryLimit: 1, retry: { ...soon, maxHoldMs: 0 } },
    );

    await probe.publish(thingEvent(14));

    expect(await handled.count(1)).toEqual([7]);
    await broker.stop();
    expect(lettersOf(service)).toEqual([]);
    expect(await vhost.queueDepth(`${service}.thing.happened`)).toBe(0);
  });

  it('when its queue is declared, then that is a quorum queue that gives up late and dead-letters at least once', async () => {
    await consuming(async () => {});
    const connection = await amqp.connect(vhost.url, { clientProperties: { connection_name: 'test' } });
    const channel = await connection.createChannel();

    // Declaring a queue again with the very same arguments is the only way to see them by AMQP.
    const again = channel.assertQueue(`${service}.thing.happened`, {
      durable: true,
      arguments: {
        'x-queue-type': 'quorum',
        'x-delivery-limit': 20,
        'x-dead-letter-exchange': 'flixtube.dead-letters',
        'x-dead-letter-strategy': 'at-least-once',
        'x-overflow': 'reject-publish',
      },
    });

    await expect(again).resolves.toMatchObject({ consumerCount: 1 });
    await expect(
      channel.assertQueue('flixtube.dead-letters', { durable: true, arguments: { 'x-queue-type': 'quorum' } }),
    ).resolves.toBeDefined();
    await connection.close();
  });
});

describe('a lost connection', () => {
  it('when it is cut by the broker while a handler works, then the event is handled once and the next ones come', async () => {
    const begun = new Arrivals<number>();
    const release = gate();
    const broker = await consuming(async ({ data }) => {
      begun.add(data.n);
      if (data.n === 20) await release.opened;
    });
    await probe.publish(thingEvent(20));
    await begun.count(1);

    await cutBoth(broker);
    await broker.said('connected to RabbitMQ', 2, 'consuming');
    await broker.start();
    release.open();
    await probe.publish(thingEvent(21));

    expect(await begun.until((all) => all.includes(21))).toEqual([20, 21]);
    await broker.stop();
    expect(await vhost.queueDepth(`${service}.thing.happened`)).toBe(0);
  });

  it('when it is cut again and again in a time of trouble, then a good message outlives the delivery limit', async () => {
    const tried = new Arrivals<number>();
    const handled = new Arrivals<number>();
    let trouble = true;
    const broker = await consuming(
      async ({ data }) => {
        tried.add(data.n);
        if (trouble) throw unavailable();
        handled.add(data.n);
      },
      { url: proxy.url, deliveryLimit: 4, retry: { ...soon, transientFirstMs: 200, transientMaxMs: 200 } },
    );
    await probe.publish(thingEvent(22));

    for (let cuts = 1; cuts <= 8; cuts += 1) {
      await tried.count(tried.all.length + 1);
      proxy.cut();
      await broker.said('connected to RabbitMQ', cuts + 1, 'consuming');
      await broker.start();
    }
    trouble = false;

    // At least once: a cut between putting it back and acknowledging it makes two of it.
    expect(new Set(await handled.count(1))).toEqual(new Set([22]));
    expect(lettersOf(service)).toEqual([]);
  }, 60_000);

  it('when the queue is deleted under the consumer, then it is declared again and events flow', async () => {
    const handled = new Arrivals<number>();
    const broker = await consuming(async ({ data }) => handled.add(data.n));
    const connection = await amqp.connect(vhost.url, { clientProperties: { connection_name: 'test' } });
    const channel = await connection.createChannel();

    await channel.deleteQueue(`${service}.thing.happened`);
    await broker.said('a RabbitMQ channel closed, opening it again');
    while (!broker.isConnected()) await new Promise(setImmediate);
    await probe.publish(thingEvent(23));

    expect(await handled.count(1)).toEqual([23]);
    await connection.close();
  });

  it('when the broker cannot be reached at the start, then start gives up waiting and events flow once it can', async () => {
    proxy.refuse();
    const handled = new Arrivals<number>();
    const broker = await consuming(async ({ data }) => handled.add(data.n), { url: proxy.url });
    await expect(broker.check()).rejects.toMatchObject({ kind: 'unavailable' });

    proxy.heal();
    await broker.said('connected to RabbitMQ', 1, 'consuming');
    await broker.start();
    await expect(broker.check()).resolves.toBeUndefined();
    await broker.publish(thingEvent(24));

    expect(await handled.count(1)).toEqual([24]);
  });
});

describe('stop', () => {
  it('when a handler is at work, then it waits for it, acknowledges it, and leaves the rest to another replica', async () => {
    const begun = new Arrivals<number>();
    const release = gate();
    const first = await consuming(
      async ({ data }) => {
        begun.add(data.n);
        await release.opened;
      },
      { prefetch: 1 },
    );
    for (const n of [30, 31, 32]) await probe.publish(thingEvent(n));
    await begun.count(1);

    let stopped = false;
    const stopping = first.stop().then(() => {
      stopped = true;
    });
    const taken = new Arrivals<number>();
    await consuming(async ({ data }) => taken.add(data.n));
    await taken.count(2);
    expect(stopped).toBe(false);
    release.open();
    await stopping;

    expect(begun.all).toEqual([30]);
    expect(taken.all.toSorted()).toEqual([31, 32]);
    expect(await vhost.queueDepth(`${service}.thing.happened`)).toBe(0);
  });

  it('when a handler publishes while it ends, then it still can', async () => {
    const begun = gate();
    const release = gate();
    const broker = await consuming(async ({ data }) => {
      begun.open();
      await release.opened;
      await broker.publish({ ...thingEvent(data.n), type: 'other.happened' });
    });
    await probe.publish(thingEvent(33));
    await begun.opened;

    const stopping = broker.stop();
    release.open();
    await stopping;

    await probe.next('other.happened', (event) => event.data.n === 33);
    expect(lettersOf(service)).toEqual([]);
  });

  it('when a message waits for its next try, then it ends at once and another replica gets the message', async () => {
    const tried = gate();
    const first = await consuming(
      async () => {
        tried.open();
        throw unavailable();
      },
      { retry: { transientFirstMs: 60_000, transientMaxMs: 60_000 } },
    );
    await probe.publish(thingEvent(34));
    await tried.opened;

    const began = performance.now();
    await first.stop();
    expect(performance.now() - began).toBeLessThan(2_000);

    const taken = new Arrivals<number>();
    await consuming(async ({ data }) => taken.add(data.n));
    expect(await taken.count(1)).toEqual([34]);
  });

  it('when the network is dead, then it ends all the same', async () => {
    const broker = await consuming(async () => {}, { url: proxy.url });
    proxy.blackhole();

    const began = performance.now();
    await broker.stop();

    expect(performance.now() - began).toBeLessThan(8_000);
  });

  it('when the broker was never reached, then it ends at once', async () => {
    proxy.refuse();
    const broker = await consuming(async () => {}, { url: proxy.url });

    const began = performance.now();
    await broker.stop();

    expect(performance.now() - began).toBeLessThan(2_000);
  });
});

function lettersOf(name: string): unknown[] {
  return probe.deadLetters().filter(({ headers }) => String(headers['x-event-queue']).startsWith(`${name}.`));
}

/** The broker lists a connection only after a moment, so that one cut may find just one of the two. */
async function cutBoth(broker: { said: ReturnType<typeof recordingLogger>['said'] }): Promise<void> {
  let lost = false;
  const both = Promise.all([
    broker.said('lost the connection to RabbitMQ', 1, 'publishing'),
    broker.said('lost the connection to RabbitMQ', 1, 'consuming'),
  ]).then(() => {
    lost = true;
  });
  while (!lost) {
    await vhost.cutConnections();
    await Promise.race([both, sleep(500)]);
  }
}
