import { createLogger } from '@flixtube/chassis/logger';
import { createBroker } from '@flixtube/chassis/messaging';
import { assertEventQueue, assertExchanges, deadLetters } from '@flixtube/chassis/messaging/topology';
import { type TestVhost, testVhost } from '@flixtube/dev-env/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ChannelModel, type ConfirmChannel, type ConsumeMessage, connect } from 'amqplib';
import { z } from 'zod';
import { operate, startOperate } from './support/command.ts';

const queue = 'metadata.video.uploaded';
const tasks = 'video-processing.tasks';

let vhost: TestVhost;
let connection: ChannelModel;
let channel: ConfirmChannel;

beforeEach(async () => {
  vhost = await testVhost();
  connection = await connect(vhost.url);
  connection.on('error', () => undefined);
  channel = await connection.createConfirmChannel();
  await assertExchanges(channel);
  await assertEventQueue(channel, { queue, type: 'video.uploaded', deliveryLimit: 20 });
  await assertEventQueue(channel, { queue: tasks, type: tasks, deliveryLimit: 20 });
  await assertEventQueue(channel, { queue: 'history.video.uploaded', type: 'video.uploaded', deliveryLimit: 20 });
});

afterEach(async () => {
  await connection.close().catch(() => undefined);
  await vhost.close();
});

async function addLetters(count: number, o: { type?: string; queue?: string; first?: number } = {}): Promise<void> {
  const { type = 'video.uploaded', first = 0 } = o;
  for (let index = first; index < first + count; index += 1) {
    const body = { id: `event-${index}`, type, data: { title: 'My holidays', ownerId: 'someone', sizeBytes: 7 } };
    channel.publish(deadLetters, '', Buffer.from(JSON.stringify(body)), {
      persistent: true,
      messageId: `event-${index}`,
      type,
      headers: {
        'x-event-queue': o.queue ?? queue,
        'x-reason': 'Error: it is broken',
        'x-dead-lettered-at': new Date(Date.now() - 3_600_000).toISOString(),
        traceparent: '00-1-2-01',
      },
    });
    if (index % 1_000 === 999) await channel.waitForConfirms();
  }
  await channel.waitForConfirms();
}

const run = (...args: string[]) => operate('dead-letters', args, { RABBITMQ_URL: vhost.url });
/** All that lies in a queue, taken out of it. */
async function taken(name: string): Promise<ConsumeMessage[]> {
  const { messageCount } = await channel.checkQueue(name);
  const found: ConsumeMessage[] = [];
  const all = Promise.withResolvers<void>();
  if (messageCount === 0) return found;
  const { consumerTag } = await channel.consume(name, (message) => {
    if (!message) return;
    found.push(message);
    // Of a quorum queue without a limit RabbitMQ hands out 2,000 at once.
    channel.ack(message);
    if (found.length === messageCount) all.resolve();
  });
  await all.promise;
  await channel.cancel(consumerTag);
  return found;
}

describe('npm run dead-letters', () => {
  it('lists letters by queue, event and reason with their age, and leaves them', async () => {
    await addLetters(3);
    await addLetters(2, { type: tasks, queue: tasks, first: 3 });

    const { code, output } = await run('list');

    expect(code).toBe(0);
    expect(output).toMatch(/^3 +60 min +metadata\.video\.uploaded +video\.uploaded +Error: it is broken$/m);
    expect(output).toMatch(/^2 +60 min +video-processing\.tasks +video-processing\.tasks +Error/m);
    expect(await vhost.queueDepth(deadLetters)).toBe(5);
  });

  it('shows one with its headers and reason, and no word of a person', async () => {
    await addLetters(2);

    const { output } = await run('show', '--id', 'event-1');

    const letter = JSON.parse(output);
    expect(letter).toMatchObject({ id: 'event-1', queue, reason: 'Error: it is broken' });
    expect(letter.headers.traceparent).toBe('00-1-2-01');
    expect(letter.body.data).toEqual({ title: '(11 characters)', ownerId: '(7 characters)', sizeBytes: 7 });
  });

  it('puts one back into its own queue alone, as if it had never died', async () => {
    await addLetters(3);

    const { output } = await run('retry', '--id', 'event-1');

    expect(output).toContain('1 put back.');
    const [message, ...others] = await taken(queue);
    expect(others).toEqual([]);
    expect(message?.properties).toMatchObject({ messageId: 'event-1', type: 'video.uploaded', deliveryMode: 2 });
    const { 'x-delivery-count': deliveries = 0, ...headers } = message?.properties.headers ?? {};
    expect(deliveries).toBe(0);
    expect(Object.keys(headers).sort()).toEqual(['traceparent', 'x-attempt']);
    expect(await vhost.queueDepth('history.video.uploaded')).toBe(0);
    expect((await taken(deadLetters)).map(({ properties }) => properties.messageId)).toEqual(['event-0', 'event-2']);
  });

  it('puts back by event, and tasks too', async () => {
    await addLetters(2);
    await addLetters(2, { type: tasks, queue: tasks, first: 2 });

    await run('retry', '--event', tasks);

    expect(await vhost.queueDepth(tasks)).toBe(2);
    expect(await vhost.queueDepth(deadLetters)).toBe(2);
  });

  it('says what it would do, and does nothing, with --dry-run', async () => {
    await addLetters(2);

    const { output } = await run('retry', '--all', '--dry-run');

    expect(output).toContain(`video.uploaded event-1: would go back to ${queue}\n2 in all.`);
    expect(await vhost.queueDepth(deadLetters)).toBe(2);
    expect(await vhost.queueDepth(queue)).toBe(0);
  });

  it('leaves a letter whose queue is not there any more, and says so', async () => {
    await addLetters(1, { queue: 'gone.video.uploaded' });

    const { code, errors } = await run('retry', '--all');

    expect(code).toBe(1);
    expect(errors).toContain('1 left as they are: there is no queue gone.video.uploaded.');
    expect(await vhost.queueDepth(deadLetters)).toBe(1);
  });

  it('drops only when it is told to, and says what', async () => {
    await addLetters(2);

    const asked = await run('drop', '--event', 'video.uploaded');
    expect(asked.code).toBe(1);
    expect(await vhost.queueDepth(deadLetters)).toBe(2);

    const { output } = await run('drop', '--id', 'event-0', '--yes');
    expect(output).toContain(`video.uploaded event-0: dropped, from ${queue}: Error: it is broken\n1 dropped.`);
    expect((await taken(deadLetters)).map(({ properties }) => properties.messageId)).toEqual(['event-1']);
  });

  it('refuses what names no letters, and what is no command', async () => {
    expect((await run('drop', '--yes')).errors).toContain('One of --id, --event and --all');
    expect((await run('burn', '--all')).errors).toContain('What is to be done?');
    expect((await run('list', '--everything')).errors).toContain('npm run dead-letters -- list');
  });

  it('keeps letters from dying of being looked at', async () => {
    await addLetters(1);

    for (let look = 0; look < 8; look += 1) await run('list');

    const [letter, ...others] = await taken(deadLetters);
    expect(others).toEqual([]);
    expect(Number(letter?.properties.headers?.['x-delivery-count'] ?? 0)).toBeLessThan(7);
    expect(letter?.properties.headers).toMatchObject({ 'x-reason': 'Error: it is broken', 'x-event-queue': queue });
  });

  it('lets one operator work at a time, and the next one when the first is killed', async () => {
    await addLetters(2_000);
    const first = startOperate('dead-letters', ['retry', '--all'], { RABBITMQ_URL: vhost.url });
    await first.says('back in');

    const second = await run('list');
    // Either it was busy, or done by then.
    if (second.code !== 0) expect(second.errors).toContain('Somebody else goes through the dead letters right now');
    first.child.kill('SIGKILL');
    await first.ended;

    // Until the broker has noticed that the first one is gone, and has back what that one had in hand.
    while ((await vhost.queueDepth(deadLetters)) > 0) await run('retry', '--all');

    const ids = new Set((await taken(queue)).map(({ properties }) => properties.messageId));
    expect(ids.size).toBe(2_000);
    expect(await vhost.queueDepth(deadLetters)).toBe(0);
  });

  it('handles 20,000 letters in little memory', async () => {
    await addLetters(20_000);

    const { output } = await operate('dead-letters', ['list'], {
      RABBITMQ_URL: vhost.url,
      NODE_OPTIONS: '--max-old-space-size=48',
    });

    expect(output).toContain('20000 in all.');
    expect(await vhost.queueDepth(deadLetters)).toBe(20_000);
  });

  it('puts back what a consumer of the services has rejected, and that is consumed again', async () => {
    const event = { type: 'video.uploaded', data: z.object({ n: z.number() }) };
    let broken = true;
    const done = Promise.withResolvers<void>();
    const rejected = Promise.withResolvers<void>();
    const broker = createBroker({
      url: vhost.url,
      service: 'metadata',
      logger: createLogger({ service: 'test', level: 'silent' }),
      retry: { tries: 1 },
    });
    broker.subscribe({
      event,
      handle: async () => {
        if (broken) throw new Error('not yet');
        done.resolve();
      },
    });
    await channel.consume(deadLetters, (message) => {
      if (message) channel.nack(message);
      rejected.resolve();
    });
    await broker.start();
    try {
      const subject = 'x';
      const time = new Date().toISOString();
      await broker.publish({
        ...{ specversion: '1.0', id: 'event-a', source: 'test', type: event.type, time, subject },
        datacontenttype: 'application/json',
        data: { n: 1 },
      });
      await rejected.promise;
      await connection.close();
      broken = false;
      const { output } = await run('retry', '--event', event.type);
      expect(output).toContain('event-a: back in metadata.video.uploaded\n1 put back.');
      await done.promise;
    } finally {
      await broker.stop();
    }
  });
});
