import { describe, expect, it } from '@jest/globals';
import amqp from 'amqplib';
import { DomainError } from '../../src/errors.ts';
import { consumerBench } from '../support/consumer-bench.ts';
import { Arrivals, gate, soon, thingEvent } from '../support/events.ts';

const bench = consumerBench();

const unavailable = () => new DomainError('unavailable', 'Not now.');

describe('a lost connection', () => {
  it('when it is cut by the broker while a handler works, then the event is handled once and the next ones come', async () => {
    const begun = new Arrivals<number>();
    const release = gate();
    const broker = await bench.consuming(async ({ data }) => {
      begun.add(data.n);
      if (data.n === 20) await release.opened;
    });
    await bench.probe.publish(thingEvent(20));
    await begun.count(1);

    await bench.cutBoth(broker);
    await broker.said('connected to RabbitMQ', 2, 'consuming');
    await broker.start();
    release.open();
    await bench.probe.publish(thingEvent(21));

    expect(await begun.until((all) => all.includes(21))).toEqual([20, 21]);
    await broker.stop();
    expect(await bench.waiting()).toBe(0);
  });

  it('when it is cut again and again in a time of trouble, then a good message outlives the delivery limit', async () => {
    const tried = new Arrivals<number>();
    const handled = new Arrivals<number>();
    let trouble = true;
    const broker = await bench.consuming(
      async ({ data }) => {
        tried.add(data.n);
        if (trouble) throw unavailable();
        handled.add(data.n);
      },
      { url: bench.proxy.url, deliveryLimit: 4, retry: { ...soon, transientFirstMs: 200, transientMaxMs: 200 } },
    );
    await bench.probe.publish(thingEvent(22));

    for (let cuts = 1; cuts <= 8; cuts += 1) {
      await tried.count(tried.all.length + 1);
      bench.proxy.cut();
      await broker.said('connected to RabbitMQ', cuts + 1, 'consuming');
      await broker.start();
    }
    trouble = false;

    // At least once: a cut between putting it back and acknowledging it makes two of it.
    expect(new Set(await handled.count(1))).toEqual(new Set([22]));
    expect(bench.letters()).toEqual([]);
  }, 60_000);

  it('when the queue is deleted under the consumer, then it is declared again and events flow', async () => {
    const handled = new Arrivals<number>();
    const broker = await bench.consuming(async ({ data }) => handled.add(data.n));
    const connection = await amqp.connect(bench.vhost.url, { clientProperties: { connection_name: 'test' } });
    const channel = await connection.createChannel();

    await channel.deleteQueue(`${bench.service}.thing.happened`);
    await broker.said('a RabbitMQ channel closed, opening it again');
    while (!broker.isConnected()) await new Promise(setImmediate);
    await bench.probe.publish(thingEvent(23));

    expect(await handled.count(1)).toEqual([23]);
    await connection.close();
  });

  it('when the broker cannot be reached at the start, then start gives up waiting and events flow once it can', async () => {
    bench.proxy.refuse();
    const handled = new Arrivals<number>();
    const broker = await bench.consuming(async ({ data }) => handled.add(data.n), { url: bench.proxy.url });
    await expect(broker.check()).rejects.toMatchObject({ kind: 'unavailable' });

    bench.proxy.heal();
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
    const first = await bench.consuming(
      async ({ data }) => {
        begun.add(data.n);
        await release.opened;
      },
      { prefetch: 1 },
    );
    for (const n of [30, 31, 32]) await bench.probe.publish(thingEvent(n));
    await begun.count(1);

    let stopped = false;
    const stopping = first.stop().then(() => {
      stopped = true;
    });
    const taken = new Arrivals<number>();
    await bench.consuming(async ({ data }) => taken.add(data.n));
    await taken.count(2);
    expect(stopped).toBe(false);
    release.open();
    await stopping;

    expect(begun.all).toEqual([30]);
    expect(taken.all.toSorted()).toEqual([31, 32]);
    expect(await bench.waiting()).toBe(0);
  });

  it('when a handler publishes while it ends, then it still can', async () => {
    const begun = gate();
    const release = gate();
    const broker = await bench.consuming(async ({ data }) => {
      begun.open();
      await release.opened;
      await broker.publish({ ...thingEvent(data.n), type: 'other.happened' });
    });
    await bench.probe.publish(thingEvent(33));
    await begun.opened;

    const stopping = broker.stop();
    release.open();
    await stopping;

    await bench.probe.next('other.happened', (event) => event.data.n === 33);
    expect(bench.letters()).toEqual([]);
  });

  it('when a message waits for its next try, then it ends at once and another replica gets the message', async () => {
    const tried = gate();
    const first = await bench.consuming(
      async () => {
        tried.open();
        throw unavailable();
      },
      { retry: { transientFirstMs: 60_000, transientMaxMs: 60_000 } },
    );
    await bench.probe.publish(thingEvent(34));
    await tried.opened;

    const began = performance.now();
    await first.stop();
    expect(performance.now() - began).toBeLessThan(2_000);

    const taken = new Arrivals<number>();
    await bench.consuming(async ({ data }) => taken.add(data.n));
    expect(await taken.count(1)).toEqual([34]);
  });

  it('when the network is dead, then it ends all the same', async () => {
    const broker = await bench.consuming(async () => {}, { url: bench.proxy.url });
    bench.proxy.blackhole();

    const began = performance.now();
    await broker.stop();

    expect(performance.now() - began).toBeLessThan(8_000);
  });

  it('when the broker was never reached, then it ends at once', async () => {
    bench.proxy.refuse();
    const broker = await bench.consuming(async () => {}, { url: bench.proxy.url });

    const began = performance.now();
    await broker.stop();

    expect(performance.now() - began).toBeLessThan(2_000);
  });
});
