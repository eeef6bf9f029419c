import { createHash } from 'node:crypto';
import { appendFile, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assertEventQueue, assertExchanges, deadLetters } from '@flixtube/chassis/messaging/topology';
import { type TestContainer, type TestVhost, testContainer, testVhost } from '@flixtube/dev-env/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { connect } from 'amqplib';
import { Binary, Double, Int32, Long } from 'mongodb';
import { objectPath, readManifest } from '../src/backup/folder.ts';
import { operate, startOperate } from './support/command.ts';
import { emptyDatabases, type ServiceDatabases, serviceDatabases } from './support/databases.ts';
import { putObject } from './support/objects.ts';

let databases: ServiceDatabases;
let container: TestContainer;
let vhost: TestVhost;
let folder: string;

beforeEach(async () => {
  [databases, container, vhost] = await Promise.all([serviceDatabases(), testContainer(), testVhost()]);
  folder = await mkdtemp(join(tmpdir(), 'flixtube-backup-'));
});

afterEach(async () => {
  await Promise.all([databases.close(), container.close(), vhost.close()]);
  await rm(folder, { recursive: true });
});

const environment = () => ({
  RABBITMQ_URL: vhost.url,
  MONGODB_URL: databases.url,
  AZURE_STORAGE_CONNECTION_STRING: container.connectionString,
  AZURE_STORAGE_CONTAINER: container.name,
});
const run = (command: string, ...args: string[]) => operate(command, [folder, ...args], environment());
const collection = (database: string, name: string) => databases.client.db(database).collection<{ _id: string }>(name);
const contents = async () => {
  const found: string[] = [];
  for await (const { name } of container.client.listBlobsFlat()) found.push(name);
  return found;
};

async function emptyEverything(): Promise<void> {
  await emptyDatabases(databases);
  for (const name of await contents()) await container.client.deleteBlob(name);
}

describe('npm run backup, npm run restore', () => {
  it('bring back every document in its types, indexes, blobs, and dead letters as often as it takes', async () => {
    const document = {
      _id: 'a',
      int: new Int32(1),
      double: new Double(2),
      long: new Long(3),
      at: new Date(5),
      bytes: new Binary(Buffer.from('xyz')),
      nothing: null,
      nested: { list: ['a', { b: 1.5 }] },
    };
    await collection('metadata', 'videos').insertOne(document);
    await collection('metadata', 'videos').createIndex({ listed: 1, createdAt: -1, _id: -1 });
    const many = Array.from({ length: 1_200 }, (_, n) => ({ _id: `w${n}`, text: 'x'.repeat(n) }));
    await collection('history', 'watchings').insertMany(many);
    await putObject(container, 'videos/a/source', Buffer.alloc(5_000_000, 7));
    await putObject(container, 'videos/b/empty', '');
    const connection = await connect(vhost.url);
    const channel = await connection.createConfirmChannel();
    await assertExchanges(channel);
    channel.publish(deadLetters, '', Buffer.from('{}'), { messageId: 'letter', headers: { 'x-reason': 'why' } });
    await channel.waitForConfirms();

    expect(await run('backup')).toMatchObject({ code: 0 });
    await emptyEverything();
    await channel.purgeQueue(deadLetters);
    expect(await run('restore', '--check')).toMatchObject({ code: 0 });
    expect(await run('restore')).toMatchObject({ code: 0, errors: '' });

    const options = { promoteValues: false } as const;
    expect(await collection('metadata', 'videos').findOne({ _id: 'a' }, options)).toMatchObject({
      int: new Int32(1),
      double: new Double(2),
      long: new Long(3),
      at: new Date(5),
      nothing: null,
    });
    expect(await collection('history', 'watchings').find().toArray()).toEqual(expect.arrayContaining(many));
    const indexes = await collection('metadata', 'videos').indexes();
    expect(indexes.map(({ key }) => key)).toEqual([{ _id: 1 }, { listed: 1, createdAt: -1, _id: -1 }]);
    expect(await contents()).toEqual(['videos/a/source', 'videos/b/empty']);
    const properties = await container.client.getBlobClient('videos/a/source').getProperties();
    expect(properties).toMatchObject({ contentLength: 5_000_000, contentType: 'text/vtt' });
    expect(await container.client.getBlobClient('videos/a/source').downloadToBuffer()).toEqual(Buffer.alloc(5e6, 7));
    expect(await vhost.queueDepth(deadLetters)).toBe(1);
    await connection.close();
  });

  it('put an unfinished upload back to its beginning, and have open tasks found at the first sweep', async () => {
    const upload = { state: 'uploading', ownerId: 'o', lengthBytes: 9, offset: 5, blocks: ['x y'], hashState: 'h' };
    await collection('video-upload', 'uploads').insertOne({ _id: 'u', ...upload, expiresAt: new Date(0) } as never);
    const processing = { _id: 'p', state: 'working', movedAt: new Date(), outbox: [] };
    await collection('video-processing', 'processings').insertOne(processing);
    await run('backup');
    await emptyEverything();
    await run('restore');

    const restored = await collection('video-upload', 'uploads').findOne({ _id: 'u' });
    expect(restored).toMatchObject({ state: 'uploading', ownerId: 'o', lengthBytes: 9, offset: 0, blocks: [] });
    expect(restored).not.toHaveProperty('hashState');
    expect((restored as unknown as { expiresAt: Date }).expiresAt.getTime()).toBeGreaterThan(Date.now());
    expect(await collection('video-processing', 'processings').findOne()).toMatchObject({ movedAt: new Date(0) });
  });

  it('copy again only what is new', async () => {
    await putObject(container, 'videos/a/source', 'first');
    expect((await run('backup')).output).toContain('1, 5 bytes, of which 5 were copied');
    await putObject(container, 'videos/b/source', 'second');
    expect((await run('backup')).output).toContain('2, 11 bytes, of which 6 were copied');
    expect((await run('backup', '--list')).output.trim().split('\n')).toHaveLength(2);
  });

  it('never take a backup that was broken off for a whole one', async () => {
    await putObject(container, 'videos/a/source', 'first');
    await run('backup');
    const [whole] = (await run('backup', '--list')).output.trim().split('\n');
    await collection('metadata', 'videos').insertMany(
      Array.from({ length: 20_000 }, (_, n) => ({ _id: `v${n}`, text: 'x'.repeat(500) })),
    );
    const broken = startOperate('backup', [folder], environment());
    await broken.says('Blobs:');
    broken.child.kill('SIGKILL');
    await broken.ended;

    expect(await readdir(join(folder, 'backups'))).toHaveLength(2);
    expect((await run('backup', '--list')).output.trim()).toBe(whole);
    await emptyEverything();
    expect((await run('restore')).output).toContain(`Backup ${whole} is restored`);
  });

  it('go on with a restore that was broken off, and refuse to write over anything else', async () => {
    await putObject(container, 'videos/a/source', 'first');
    await collection('metadata', 'videos').insertMany(
      Array.from({ length: 20_000 }, (_, n) => ({ _id: `v${n}`, text: 'x'.repeat(500) })),
    );
    await run('backup');
    expect((await run('restore')).errors).toContain('The databases are not empty: 20000 documents are there');
    await emptyDatabases(databases);
    expect((await run('restore')).errors).toContain('is not empty: videos/a/source is there');

    await emptyEverything();
    const broken = startOperate('restore', [folder], environment());
    await broken.says('Blobs:');
    broken.child.kill('SIGKILL');
    await broken.ended;
    expect((await run('restore')).code).toBe(0);
    expect(await collection('metadata', 'videos').countDocuments()).toBe(20_000);
    // It is done: once more would be over what has come since.
    expect((await run('restore')).errors).toContain('The databases are not empty');
  });

  it('refuse a backup whose bytes have changed, before anything is restored', async () => {
    await putObject(container, 'videos/a/source', 'first');
    await collection('metadata', 'videos').insertOne({ _id: 'a' });
    await run('backup');
    await emptyEverything();
    const id = (await run('backup', '--list')).output.trim();
    const { blobLists } = await readManifest(folder, id);
    await appendFile(join(folder, 'backups', id, 'metadata.videos.bson'), 'x');
    expect((await run('restore')).errors).toContain('is not what was backed up');
    expect(await contents()).toEqual([]);

    expect(blobLists).toHaveLength(2);
    const sha256 = 'a7937b64b8caa58f03721bb6bacf5c78cb235febe0e70b1b84cd99541461a08e';
    await appendFile(objectPath(folder, sha256), 'x');
    expect((await run('restore', '--check')).code).toBe(1);
  });

  it('restore all but a blob whose bytes have changed, which every backup of the folder shares, when that is said', async () => {
    for (const name of ['a', 'b']) await putObject(container, `videos/${name}/source`, `of ${name}`);
    await collection('metadata', 'videos').insertOne({ _id: 'a' });
    await run('backup');
    await emptyEverything();
    const sha256 = createHash('sha256').update('of a').digest('hex');
    await writeFile(objectPath(folder, sha256), 'XX a');

    const checked = await run('restore', '--check');
    expect(checked).toMatchObject({ code: 1, errors: expect.stringContaining('1 of 2 blobs are damaged') });
    expect(checked.errors).toContain('videos/a/source: ');
    expect((await run('restore')).errors).toContain('--leave-out-damaged restores all else');
    const restored = await run('restore', '--leave-out-damaged');

    expect(restored).toMatchObject({ code: 1, output: expect.stringContaining('is restored') });
    expect(restored.errors).toMatch(/^videos\/a\/source: .* It is left out\.\n$/);
    expect(await contents()).toEqual(['videos/b/source']);
    expect(await collection('metadata', 'videos').countDocuments()).toBe(1);
  });

  it('back up all but a blob that is damaged in the store, and say which', async () => {
    await putObject(container, 'videos/a/source', 'first');
    await container.client
      .getBlockBlobClient('videos/b/source')
      .upload('other', 5, { metadata: { sha256: 'not of it' } });
    await collection('metadata', 'videos').insertOne({ _id: 'a' });

    const { code, output, errors } = await run('backup');

    expect(code).toBe(1);
    expect(errors).toContain('videos/b/source is damaged in the store');
    expect(output).toContain('is whole');
    await emptyEverything();
    expect(await run('restore')).toMatchObject({ code: 0, errors: '' });
    expect(await contents()).toEqual(['videos/a/source']);
  });

  it('do not take an older backup for the last one, when the manifest of that is damaged', async () => {
    await run('backup');
    await run('backup');
    const last = (await run('backup', '--list')).output.trim().split('\n').at(-1) as string;
    await writeFile(join(folder, 'backups', last, 'manifest.json'), '{"version": 1, "id"');

    const { code, errors } = await run('restore');

    expect(code).toBe(1);
    expect(errors).toContain(`${last}/manifest.json is damaged`);
  });

  it('refuse to restore beside services that run', async () => {
    await run('backup');
    const connection = await connect(vhost.url);
    const channel = await connection.createChannel();
    await assertExchanges(channel);
    const queue = 'metadata.video.uploaded';
    await assertEventQueue(channel, { queue, type: 'video.uploaded', deliveryLimit: 20 });
    await channel.consume(queue, () => undefined);
    expect((await run('restore')).errors).toContain(`Services are running (${queue}): stop them first.`);
    await connection.close();
  });
});
