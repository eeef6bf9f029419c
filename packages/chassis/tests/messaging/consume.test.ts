import { describe, expect, it } from '@jest/globals';
import amqp from 'amqplib';
import { DomainError } from '../../src/errors.ts';
import { type FlixEvent, NotKnownHere } from '../../src/messaging.ts';
import { currentTrace } from '../../src/trace.ts';
import { consumerBench } from '../support/consumer-bench.ts';
import { Arrivals, gate, soon, type Thing, thing, thingEvent } from '../support/events.ts';

const bench = consumerBench();

const unavailable = () => new DomainError('unavailable', 'Not now.');

describe('subscribe', () => {
  it('when an event arrives, then it is handled within its trace and acknowledged', async () => {
    const handled = new Arrivals<{ event: FlixEvent<Thing>; traceId: string | undefined }>();
    const broker = await bench.consuming(async (event) => handled.add({ event, traceId: currentTrace()?.traceId }));
    const event = thingEvent(1);

    await bench.probe.publish(event, { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' });

    const [first] = await handled.count(1);
    expect(first).toEqual({ event, traceId: '0af7651916cd43dd8448eb211c80319c' });
    await broker.stop();
    expect(await bench.waiting()).toBe(0);
  });

  it('when it names a queue, then events come from that one and no other is made', async () => {
    const handled = new Arrivals<FlixEvent<Thing>>();
    const queue = `${bench.service}.work`;
    const broker = await bench.started((one) =>
      one.subscribe({ event: thing, queue, handle: async (event) => handled.add(event) }),
    );

    await bench.probe.publish(thingEvent(4));
    expect((await handled.count(1))[0]?.data).toEqual({ n: 4 });
    await broker.stop();
    await bench.probe.publish(thingEvent(5));

    expect(await bench.vhost.queueDepth(queue)).toBe(1);
    expect(await bench.waiting()).toBe(0);
  });

  it('when an event carries attributes and data that nobody knows yet, then it is handled', async () => {
    const handled = new Arrivals<FlixEvent<Thing>>();
    await bench.consuming(async (event) => handled.add(event));

    await bench.probe.publish({ ...thingEvent(2), dataschema: 'v9', data: { n: 2, later: true } } as FlixEvent);

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
      await bench.consuming(async (event) => handled.add(event));

      await bench.probe.publishRaw('thing.happened', body);
      await bench.probe.publish(thingEvent(3));

      const letter = await bench.probe.nextDeadLetter(
        (one) => one.headers['x-event-queue'] === `${bench.service}.thing.happened`,
      );
      expect(letter.headers['x-reason']).toContain(why);
      expect((await handled.count(1)).map(({ data }) => data.n)).toEqual([3]);
    },
  );

  it('when a handler fails for a while as unavailable, then it is tried until it works and nothing is dead-lettered', async () => {
    let tries = 0;
    const handled = new Arrivals<number>();
    const broker = await bench.consuming(async () => {
      tries += 1;
      if (tries <= 8) throw unavailable();
      handled.add(tries);
    });

    await bench.probe.publish(thingEvent(4));

    expect(await handled.count(1)).toEqual([9]);
    await broker.stop();
    expect(await bench.waiting()).toBe(0);
    expect(bench.letters()).toEqual([]);
  });

  it('when an adapter lets the network error of its driver through, then that is taken as transient too', async () => {
    let tries = 0;
    const handled = new Arrivals<number>();
    await bench.consuming(async () => {
      tries += 1;
      if (tries <= 6)
        throw Object.assign(new Error('connection 3 to 10.0.0.1:27017 closed'), { name: 'MongoNetworkError' });
      handled.add(tries);
    });

    await bench.probe.publish(thingEvent(5));

    expect(await handled.count(1)).toEqual([7]);
  });

  it('when a handler keeps failing otherwise, then it is tried five times and dead-lettered with the reason', async () => {
    let tries = 0;
    await bench.consuming(async () => {
      tries += 1;
      throw new TypeError('cannot read the moon');
    });
    const event = thingEvent(6);

    await bench.probe.publish(event, { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' });

    const letter = await bench.probe.nextDeadLetter(
      (one) => one.headers['x-event-queue'] === `${bench.service}.thing.happened`,
    );
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
    await bench.consuming(() => {
      tries += 1;
      if (tries === 1) throw unavailable();
      handled.add(tries);
      return Promise.resolve();
    });

    await bench.probe.publish(thingEvent(7));

    expect(await handled.count(1)).toEqual([2]);
  });

  it('when one message waits for its next try, then others are handled meanwhile', async () => {
    const handled = new Arrivals<number>();
    const others = gate();
    await bench.consuming(async ({ data }) => {
      if (data.n === 10 && handled.all.length < 3) {
        others.open();
        throw unavailable();
      }
      handled.add(data.n);
    });

    await bench.probe.publish(thingEvent(10));
    await others.opened;
    for (const n of [11, 12, 13]) await bench.probe.publish(thingEvent(n));

    expect(await handled.count(4)).toEqual([11, 12, 13, 10]);
  });

  it('when trouble lasts longer than a message may be held, then it is renewed without counting towards the limit', async () => {
    let tries = 0;
    const handled = new Arrivals<number>();
    const broker = await bench.consuming(
      async () => {
        tries += 1;
        if (tries <= 6) throw unavailable();
        handled.add(tries);
      },
      { deliveryLimit: 1, retry: { ...soon, maxHoldMs: 0 } },
    );

    await bench.probe.publish(thingEvent(14));

    expect(await handled.count(1)).toEqual([7]);
    await broker.stop();
    expect(bench.letters()).toEqual([]);
    expect(await bench.waiting()).toBe(0);
  });

  it('when one version does not know a message and another does, then it goes round until it has met that one', async () => {
    const handled = new Arrivals<FlixEvent<Thing>>();
    const old = new Arrivals<FlixEvent<Thing>>();
    // A limit that it would be over soon if going round counted towards it.
    const retry = { ...soon, putBackAfterMs: 5 };
    const options = { deliveryLimit: 1, retry, prefetch: 1 };
    await bench.consuming(async (event) => {
      old.add(event);
      if (event.data.n === 20) throw new NotKnownHere('Of no kind that is known here.');
    }, options);

    await bench.probe.publish(thingEvent(20));
    await old.count(5);
    // And it is in nobody's way.
    await bench.probe.publish(thingEvent(21));
    while (!old.all.some(({ data }) => data.n === 21)) await old.count(old.all.length + 1);
    await bench.consuming(async (event) => handled.add(event), options);

    expect((await handled.count(1))[0]?.data).toEqual({ n: 20 });
    expect(bench.letters()).toEqual([]);
  });

  it('when for long no version was met that knows a message, then it is dead-lettered with the reason', async () => {
    const retry = { ...soon, putBackAfterMs: 20, putBackForMs: 50 };
    let tries = 0;
    await bench.consuming(
      async () => {
        tries += 1;
        throw new NotKnownHere('Of no kind that is known here.');
      },
      { retry },
    );

    await bench.probe.publish(thingEvent(22));

    const letter = await bench.probe.nextDeadLetter(
      (one) => one.headers['x-event-queue'] === `${bench.service}.thing.happened`,
    );
    expect(letter.headers).toMatchObject({ 'x-reason': 'NotKnownHere: Of no kind that is known here.' });
    // Round at least twice, and then as any other that fails.
    expect(tries).toBeGreaterThanOrEqual(2 + 5);
  });

  it('when its queue is declared, then that is a quorum queue that gives up late and dead-letters at least once', async () => {
    await bench.consuming(async () => {});
    const connection = await amqp.connect(bench.vhost.url, { clientProperties: { connection_name: 'test' } });
    const channel = await connection.createChannel();

    // Declaring a queue again with the very same arguments is the only way to see them by AMQP.
    const again = channel.assertQueue(`${bench.service}.thing.happened`, {
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
