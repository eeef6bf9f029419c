import { type EventProbe, eventProbe, type TestVhost, testVhost } from '@flixtube/dev-env/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import amqp from 'amqplib';
import { createBroker } from '../../src/messaging.ts';
import { runToItsDeath } from '../support/child.ts';
import { Arrivals, recordingLogger, thing, thingEvent } from '../support/events.ts';

let vhost: TestVhost;
let probe: EventProbe;

beforeAll(async () => {
  vhost = await testVhost();
  probe = await eventProbe(vhost.url);
});

afterAll(async () => {
  await probe.close();
  await vhost.close();
});

describe('a message that kills its consumer', () => {
  it('when it has done so once more than the limit allows, then the broker dead-letters it and the next is handled', async () => {
    const consumer = { url: vhost.url, service: 'doomed', deliveryLimit: 2 };
    await declareQueueOf(consumer);
    const event = thingEvent(1);
    await probe.publish(event);

    for (let life = 1; life <= 3; life += 1) {
      expect(await runToItsDeath('doomed-consumer.ts', consumer)).toBe('SIGKILL');
    }

    const letter = await probe.nextDeadLetter();
    expect(letter.body).toEqual(event);
    expect(letter.headers['x-death']).toMatchObject([{ queue: 'doomed.thing.happened', reason: 'delivery_limit' }]);
    // And it is kept, not only heard by the probe.
    const connection = await amqp.connect(vhost.url, { clientProperties: { connection_name: 'test' } });
    const channel = await connection.createChannel();
    const kept = await channel.get('flixtube.dead-letters', { noAck: true });
    expect(kept && JSON.parse(kept.content.toString())).toEqual(event);
    await connection.close();

    const handled = new Arrivals<number>();
    const broker = createBroker({ ...consumer, logger: recordingLogger().logger });
    broker.subscribe({ event: thing, handle: async ({ data }) => handled.add(data.n) });
    await broker.start();
    await probe.publish(thingEvent(2));
    expect(await handled.count(1)).toEqual([2]);
    await broker.stop();
  }, 60_000);
});

async function declareQueueOf(consumer: { url: string; service: string; deliveryLimit: number }): Promise<void> {
  const broker = createBroker({ ...consumer, logger: recordingLogger().logger });
  broker.subscribe({ event: thing, handle: async () => {} });
  await broker.start();
  await broker.stop();
}
