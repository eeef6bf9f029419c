import { describe, expect, it } from '@jest/globals';
import { connect } from 'amqplib';
import { eventProbe, testContainer, testDatabase, testVhost } from '../src/testing.ts';

const event = {
  specversion: '1.0',
  id: 'one',
  source: 'test',
  type: 'video.uploaded',
  time: '2030-01-01T00:00:00Z',
  subject: 'v1',
  data: { videoId: 'v1' },
};

describe('what service tests stand on', () => {
  it('hears an event that was published before and one that comes after next() was called', async () => {
    const vhost = await testVhost();
    const probe = await eventProbe(vhost.url);
    await probe.publish(event);
    const later = probe.next('video.uploaded', ({ id }) => id === 'two');
    expect(await probe.next('video.uploaded')).toEqual(event);
    await probe.publish({ ...event, id: 'two' }, { traceparent: 'a trace' });
    expect((await later).id).toBe('two');
    expect(probe.headersOf('two')).toEqual({ traceparent: 'a trace' });
    await expect(probe.next('video.uploaded', () => true, 50)).rejects.toThrow('video.uploaded, video.uploaded');
    await probe.close();
    await vhost.close();
  });

  it('cuts the connections of others, not its own, when told to', async () => {
    const vhost = await testVhost();
    const probe = await eventProbe(vhost.url);
    const service = await connect(vhost.url);
    const closed = new Promise((resolve) => service.once('close', resolve));
    expect(await vhost.cutConnections()).toBe(1);
    expect(String(await closed)).toContain('CONNECTION_FORCED');
    await probe.publish(event);
    expect((await probe.next('video.uploaded')).id).toBe('one');
    await probe.close();
    await vhost.close();
  });

  it('counts the messages that wait in a queue, and none where there is no queue', async () => {
    const vhost = await testVhost();
    const connection = await connect(vhost.url);
    const channel = await connection.createConfirmChannel();
    await channel.assertQueue('some', { durable: true, arguments: { 'x-queue-type': 'quorum' } });
    channel.sendToQueue('some', Buffer.from('x'));
    await channel.waitForConfirms();
    expect(await vhost.queueDepth('some')).toBe(1);
    expect(await vhost.queueDepth('none')).toBe(0);
    await connection.close();
    await vhost.close();
  });

  it('gives each asker a database and a container of its own', async () => {
    const [one, two] = await Promise.all([testDatabase(), testDatabase()]);
    await one.db.collection('things').insertOne({ name: 'a thing' });
    expect(await two.db.collection('things').countDocuments()).toBe(0);
    const container = await testContainer();
    await container.client.getBlockBlobClient('a/b').upload('hello', 5);
    expect((await container.client.getBlockBlobClient('a/b').downloadToBuffer()).toString()).toBe('hello');
    await Promise.all([one.close(), two.close(), container.close()]);
  });
});
