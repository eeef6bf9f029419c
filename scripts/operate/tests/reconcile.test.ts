import { newId } from '@flixtube/chassis/ids';
import { assertEventQueue, assertExchanges } from '@flixtube/chassis/messaging/topology';
import {
  type EventProbe,
  eventProbe,
  type TestContainer,
  type TestVhost,
  testContainer,
  testVhost,
} from '@flixtube/dev-env/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { connect } from 'amqplib';
import { operate } from './support/command.ts';
import { type ServiceDatabases, serviceDatabases } from './support/databases.ts';
import { putObject } from './support/objects.ts';

let databases: ServiceDatabases;
let container: TestContainer;
let vhost: TestVhost;
let probe: EventProbe;

beforeEach(async () => {
  databases = await serviceDatabases();
  container = await testContainer();
  vhost = await testVhost();
  const connection = await connect(vhost.url);
  const channel = await connection.createChannel();
  await assertExchanges(channel);
  for (const type of ['video.uploaded', 'video.processing-requested'])
    await assertEventQueue(channel, { queue: `metadata.${type}`, type, deliveryLimit: 20 });
  await connection.close();
  probe = await eventProbe(vhost.url);
});

afterEach(async () => {
  await probe.close();
  await Promise.all([databases.close(), container.close(), vhost.close()]);
});

const run = (...args: string[]) =>
  operate('reconcile', args, {
    RABBITMQ_URL: vhost.url,
    MONGODB_URL: databases.url,
    AZURE_STORAGE_CONNECTION_STRING: container.connectionString,
    AZURE_STORAGE_CONTAINER: container.name,
  });

const sourceOf = (id: string) => ({
  key: `videos/${id}/source`,
  contentType: 'video/mp4',
  sizeBytes: 4,
  sha256: 'a'.repeat(64),
});

async function addVideo(change: object = {}): Promise<string> {
  const id = newId();
  const video = { status: 'ready', processingId: newId(), source: sourceOf(id), manifest: null, ...change };
  await databases.client
    .db('metadata')
    .collection<{ _id: string }>('videos')
    .insertOne({ _id: id, ...video });
  return id;
}

async function addUpload(state: string): Promise<string> {
  const id = newId();
  const upload = { state, ownerId: newId(), title: 'A title', description: '', visibility: 'public' };
  const stored = { ...upload, source: sourceOf(id), storedAt: new Date() };
  await databases.client
    .db('video-upload')
    .collection<{ _id: string }>('uploads')
    .insertOne({ _id: id, ...stored });
  return id;
}

const put = (key: string) => putObject(container, key, 'text');

describe('npm run reconcile', () => {
  it('finds nothing in stores that fit together, and does not judge what is on its way', async () => {
    await put(sourceOf(await addVideo()).key);
    await addUpload('uploading');
    expect(await run('--settled', '0')).toMatchObject({ code: 0, output: expect.stringContaining('2 videos') });

    await addVideo();
    expect((await run()).code).toBe(0);
    expect((await run('--settled', '0')).code).toBe(1);
  });

  it('has a video processed again whose file or whose made files are missing, and says which', async () => {
    const lost = await addVideo();
    const unmade = await addVideo({ manifest: { key: 'videos/x/hls/manifest.json', processingId: newId() } });
    await put(sourceOf(unmade).key);

    const { code, output } = await run('--settled', '0', '--mend');

    expect(code).toBe(0);
    expect(output).toContain(`${lost}: the uploaded file is missing: is processed again`);
    expect(output).toContain(`${unmade}: 1 files that processing has made are missing: is processed again`);
    for (const id of [lost, unmade]) {
      const event = await probe.next('video.processing-requested', ({ subject }) => subject === id);
      expect(event.data).toEqual({ videoId: id, source: sourceOf(id) });
    }
  });

  it('asks once more for the very processing that was asked for, when word of it was lost', async () => {
    const processingId = newId();
    const id = await addVideo({ status: 'processing', processingId });
    await put(sourceOf(id).key);

    await run('--settled', '0', '--mend');

    expect((await probe.next('video.processing-requested')).id).toBe(processingId);
  });

  it('has an upload announced that the catalogue has not heard of', async () => {
    const id = await addUpload('stored');
    await put(sourceOf(id).key);

    const { output } = await run('--settled', '0', '--mend');

    expect(output).toContain('announced once more');
    const { data } = await probe.next('video.uploaded');
    expect(data).toMatchObject({ videoId: id, title: 'A title', source: sourceOf(id) });
  });

  it('removes what is left of a removed video, and blobs of unknown videos only when it is told to', async () => {
    const id = await addVideo({ deletedAt: new Date(), source: undefined });
    const orphan = newId();
    await put(sourceOf(id).key);
    await put(sourceOf(orphan).key);

    const first = await run('--settled', '0', '--mend');
    expect(first.code).toBe(1);
    expect(first.output).toContain(`${orphan}: 1 blobs, and no word of it in any database`);
    const left = [];
    for await (const { name } of container.client.listBlobsFlat()) left.push(name);
    expect(left).toEqual([sourceOf(orphan).key]);

    expect((await run('--settled', '0', '--mend', '--remove-orphans')).code).toBe(0);
    expect((await run('--settled', '0')).code).toBe(0);
  });
});
