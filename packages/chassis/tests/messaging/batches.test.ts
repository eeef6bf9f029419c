import { describe, expect, it } from '@jest/globals';
import { DomainError } from '../../src/errors.ts';
import type { FlixEvent } from '../../src/messaging.ts';
import { consumerBench, type RecordedBroker } from '../support/consumer-bench.ts';
import { Arrivals, gate, type Thing, thing, thingEvent } from '../support/events.ts';

const bench = consumerBench();

const batching = (
  handle: (events: FlixEvent<Thing>[]) => Promise<void>,
  o: { maxSize: number; maxWaitMs: number },
): Promise<RecordedBroker> => bench.started((broker) => broker.subscribeBatch({ event: thing, handle, ...o }));
const numbers = (events: FlixEvent<Thing>[]) => events.map(({ data }) => data.n);
const publishAll = (all: number[]) => Promise.all(all.map((n) => bench.probe.publish(thingEvent(n))));

describe('subscribeBatch', () => {
  it('when enough events have come, then they are handled together without waiting, and acknowledged', async () => {
    const batches = new Arrivals<number[]>();
    const broker = await batching(async (events) => batches.add(numbers(events)), { maxSize: 5, maxWaitMs: 60_000 });

    await publishAll([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);

    expect((await batches.count(2)).map((batch) => batch.length)).toEqual([5, 5]);
    await broker.stop();
    expect(await bench.waiting()).toBe(0);
  });

  it('when fewer have come, then they are handled together after the wait', async () => {
    const batches = new Arrivals<number[]>();
    await batching(async (events) => batches.add(numbers(events)), { maxSize: 100, maxWaitMs: 100 });

    await publishAll([1, 2, 3]);

    await batches.until((all) => all.flat().length === 3);
    expect(batches.all.flat().toSorted()).toEqual([1, 2, 3]);
    expect(batches.all.length).toBeLessThan(3);
  });

  it('when a batch is at work, then the next is collected meanwhile and handled after it', async () => {
    const begun = new Arrivals<number[]>();
    const release = gate();
    await batching(
      async (events) => {
        begun.add(numbers(events));
        await release.opened;
      },
      { maxSize: 2, maxWaitMs: 20 },
    );

    await publishAll([1, 2]);
    await begun.count(1);
    await publishAll([3, 4]);
    expect(begun.all).toHaveLength(1);
    release.open();

    expect((await begun.count(2)).flat().toSorted()).toEqual([1, 2, 3, 4]);
  });

  it('when one member is poison, then it alone is dead-lettered and the others are applied one by one', async () => {
    const applied = new Arrivals<number>();
    const broker = await batching(
      async (events) => {
        if (numbers(events).includes(3)) throw new RangeError('three is too much');
        for (const n of numbers(events)) applied.add(n);
      },
      { maxSize: 5, maxWaitMs: 60_000 },
    );

    await publishAll([1, 2, 3, 4, 5]);

    const letter = await bench.probe.nextDeadLetter(
      (one) => one.headers['x-event-queue'] === `${bench.service}.thing.happened`,
    );
    expect(letter.headers['x-reason']).toBe('RangeError: three is too much');
    expect((letter.body as FlixEvent<Thing>).data.n).toBe(3);
    expect((await applied.count(4)).toSorted()).toEqual([1, 2, 4, 5]);
    await broker.stop();
    expect(await bench.waiting()).toBe(0);
  });

  it('when one member is no event, then it alone is dead-lettered and never shown to the handler', async () => {
    const batches = new Arrivals<number[]>();
    await batching(async (events) => batches.add(numbers(events)), { maxSize: 2, maxWaitMs: 60_000 });

    await bench.probe.publish(thingEvent(1));
    await bench.probe.publishRaw('thing.happened', '{}');
    await bench.probe.publish(thingEvent(2));

    expect(await batches.count(1)).toEqual([[1, 2]]);
    await bench.probe.nextDeadLetter((one) => one.headers['x-event-queue'] === `${bench.service}.thing.happened`);
  });

  it('when the database is away for a while, then the whole batch is tried until it works', async () => {
    let tries = 0;
    const batches = new Arrivals<number[]>();
    await batching(
      async (events) => {
        tries += 1;
        if (tries <= 7) throw new DomainError('unavailable', 'Not now.');
        batches.add(numbers(events));
      },
      { maxSize: 3, maxWaitMs: 60_000 },
    );

    await publishAll([1, 2, 3]);

    const [batch] = await batches.count(1);
    expect(batch?.toSorted()).toEqual([1, 2, 3]);
    expect(
      bench.probe.deadLetters().filter(({ headers }) => headers['x-event-queue'] === `${bench.service}.thing.happened`),
    ).toEqual([]);
  });

  it('when the same event came twice, then it is one member of the batch', async () => {
    const batches = new Arrivals<number[]>();
    const broker = await batching(async (events) => batches.add(numbers(events)), { maxSize: 3, maxWaitMs: 60_000 });
    const event = thingEvent(1);

    await bench.probe.publish(event);
    await bench.probe.publish(event);
    await bench.probe.publish(thingEvent(2));

    expect(await batches.count(1)).toEqual([[1, 2]]);
    await broker.stop();
    expect(await bench.waiting()).toBe(0);
  });

  it('when the connection is cut while a batch is at work, then its events are not handled again', async () => {
    const begun = new Arrivals<number[]>();
    const release = gate();
    const broker = await batching(
      async (events) => {
        begun.add(numbers(events));
        await release.opened;
      },
      { maxSize: 3, maxWaitMs: 50 },
    );
    await publishAll([1, 2, 3]);
    await begun.until((all) => all.flat().length === 3 || all.length === 1);
    const inHand = begun.all.flat();

    await bench.cutBoth(broker);
    await broker.said('connected to RabbitMQ', 2, 'consuming');
    await broker.start();
    release.open();
    await publishAll([4]);

    await begun.until((all) => all.flat().includes(4) && new Set(all.flat()).size === 4);
    for (const n of inHand) expect(begun.all.flat().filter((one) => one === n)).toEqual([n]);
  });

  it('when it stops, then the batch at work is finished and what was only collected goes to another replica', async () => {
    const begun = new Arrivals<number[]>();
    const release = gate();
    const broker = await batching(
      async (events) => {
        begun.add(numbers(events));
        await release.opened;
      },
      { maxSize: 2, maxWaitMs: 60_000 },
    );
    await publishAll([1, 2]);
    await begun.count(1);
    await publishAll([3]);
    // Until it is no longer in the queue, but collected.
    while ((await bench.waiting()) > 0) await new Promise(setImmediate);

    const stopping = broker.stop();
    const taken = new Arrivals<number[]>();
    release.open();
    await stopping;
    await batching(async (events) => taken.add(numbers(events)), { maxSize: 1, maxWaitMs: 60_000 });

    expect(await taken.count(1)).toEqual([[3]]);
    expect(begun.all.flat().toSorted()).toEqual([1, 2]);
  });
});
