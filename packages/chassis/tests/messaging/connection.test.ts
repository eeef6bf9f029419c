import { type TestVhost, testVhost } from '@flixtube/dev-env/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ConfirmChannel } from 'amqplib';
import { BrokerConnection, type ChannelUser } from '../../src/messaging/connection.ts';
import { Arrivals, recordingLogger } from '../support/events.ts';

let vhost: TestVhost;

beforeAll(async () => {
  vhost = await testVhost();
});

afterAll(async () => {
  await vhost.close();
});

class RecordingUser implements ChannelUser {
  readonly name: string;
  readonly channels = new Arrivals<ConfirmChannel>();
  readonly failures: Error[];

  constructor(name: string, ...failures: Error[]) {
    this.name = name;
    this.failures = failures;
  }

  async setUp(channel: ConfirmChannel): Promise<void> {
    const failure = this.failures.shift();
    if (failure) throw failure;
    this.channels.add(channel);
  }
}

describe('a channel', () => {
  it('when the broker closes it alone, as at a consumer_timeout, then that user gets another and the others keep theirs', async () => {
    const { logger, said } = recordingLogger();
    const connection = new BrokerConnection({ url: () => vhost.url, name: 'test', logger });
    const unlucky = new RecordingUser('the unlucky one');
    const other = new RecordingUser('the other one');
    connection.add(unlucky);
    connection.add(other);
    await connection.start(3_000);
    const [channel] = await unlucky.channels.count(1);

    // An acknowledgement of what was never delivered: PRECONDITION_FAILED, which is what a consumer_timeout gives too.
    channel?.ack({ fields: { deliveryTag: 99 } } as Parameters<ConfirmChannel['ack']>[0]);
    await said('a RabbitMQ channel closed, opening it again');

    await unlucky.channels.count(2);
    expect(other.channels.all).toHaveLength(1);
    expect(await said('connected to RabbitMQ')).toHaveLength(1);
    await connection.stop();
  });

  it('when it cannot be set up, then the connection is not ready until it can', async () => {
    const { logger, said } = recordingLogger();
    const connection = new BrokerConnection({ url: () => vhost.url, name: 'test', logger });
    const user = new RecordingUser('the slow one', new Error('not yet'), new Error('not yet'));
    connection.add(user);

    const started = connection.start(10_000);
    await said('a RabbitMQ channel closed, opening it again', 2);
    expect(connection.isConnected()).toBe(false);
    expect(connection.problem()).toBe('RabbitMQ is connected, but the slow one is not ready.');
    await started;

    expect(connection.isConnected()).toBe(true);
    expect(user.channels.all).toHaveLength(1);
    await connection.stop();
  });

  it('when the virtual host or the password is wrong, then it goes on trying and says that it is not connected', async () => {
    const { logger, said } = recordingLogger();
    const url = new URL(vhost.url);
    url.password = 'wrong-password';
    const connection = new BrokerConnection({ url: () => url.href, name: 'test', logger });
    connection.add(new RecordingUser('anyone'));

    await connection.start(10);
    const lines = await said('no connection to RabbitMQ, trying again', 2);

    expect(connection.problem()).toBe('There is no connection to RabbitMQ.');
    expect(JSON.stringify(lines)).not.toContain('wrong-password');
    await connection.stop();
  });
});
