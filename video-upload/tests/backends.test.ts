import type { VideoUploaded } from '@flixtube/contracts/events/video-uploaded';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { send, videoBytes } from './support/sending.ts';
import { createSystem, eventually, type System } from './support/system.ts';

const file = videoBytes(200_000);

describe('video-upload while a backend is away', () => {
  let system: System;

  beforeEach(async () => {
    system = await createSystem();
  });
  afterEach(() => system.close());

  const ready = async (url: string) => (await fetch(`${url}/health/ready`)).status;

  it('the broker is away: 201, not ready, and the event follows when it is back, once', async () => {
    const { url } = await system.start();
    system.rabbitmq.refuse();
    await eventually(
      () => ready(url),
      (status) => status === 503,
    );

    const answer = await send(url, { headers: await system.viewer(), body: file });

    expect(answer.status).toBe(201);
    expect(system.probe.published('video.uploaded')).toEqual([]);
    system.rabbitmq.heal();
    const event = await system.probe.next('video.uploaded');
    expect(event.data.videoId).toBe(answer.body.id);
    await eventually(
      () => system.records(),
      ([record]) => record?.outbox.length === 0,
    );
    expect(system.probe.published('video.uploaded')).toHaveLength(1);
  });

  it('the database is away: 503 that says when to try again, before much is read, and nothing gets to storage', async () => {
    const { url } = await system.start();
    system.mongodb.refuse();
    let sent = 0;
    const counted = (function* () {
      for (let index = 0; index < 256; index += 1) {
        sent += 256 * 1024;
        yield videoBytes(256 * 1024, index);
      }
    })();

    const answer = await send(url, { headers: await system.viewer(), body: counted });

    expect(answer.status).toBe(503);
    expect(answer.headers['retry-after']).toEqual(expect.any(String));
    expect(sent).toBeLessThan(32 * 1024 * 1024);
    expect(system.storage.accepted).toEqual([]);
    system.mongodb.heal();
    await eventually(
      async () => send(url, { headers: await system.viewer(), body: file }),
      ({ status }) => status === 201,
    );
  });

  it('started before the database is there: alive, not ready, and takes uploads when it comes', async () => {
    system.mongodb.refuse();
    const { url } = await system.start();
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    expect(await ready(url)).toBe(503);

    system.mongodb.heal();

    await eventually(
      () => ready(url),
      (status) => status === 200,
    );
    expect((await send(url, { headers: await system.viewer(), body: file })).status).toBe(201);
  });

  it('the answer to the commit is lost and the database comes back: 201, committed and published once', async () => {
    const { url } = await system.start();
    const cut = system.mongodb.refuseAfter('video.uploaded').then(() => system.mongodb.heal());

    const answer = await send(url, { headers: await system.viewer(), body: file });

    await cut;
    expect(answer.status).toBe(201);
    await system.probe.next('video.uploaded', ({ data }) => data.videoId === answer.body.id);
    const [record] = await eventually(
      () => system.records(),
      ([one]) => one?.outbox.length === 0,
    );
    expect(record?.state).toBe('stored');
    expect(system.probe.published('video.uploaded')).toHaveLength(1);
  });

  it('the commit gets through and the database stays away: 503, nothing is removed, and the video counts later', async () => {
    const { url } = await system.start({}, { commitMs: 1_000 });
    const cut = system.mongodb.refuseAfter('video.uploaded');

    const answer = await send(url, { headers: await system.viewer(), body: file });

    await cut;
    expect(answer.status).toBe(503);
    expect(system.storage.keys).toHaveLength(1);
    system.mongodb.heal();
    const event = await system.probe.next<VideoUploaded>('video.uploaded');
    expect(system.storage.objects.has(event.data.source.key)).toBe(true);
  });

  it('the database goes before the commit and stays away: 503, and a sweep removes the file', async () => {
    const { url } = await system.start(
      { UPLOAD_ABANDONED_SECONDS: '2', UPLOAD_SWEEP_SECONDS: '0.5' },
      { commitMs: 1_000 },
    );
    system.storage.beforeCommit = async () => system.mongodb.refuse();

    const answer = await send(url, { headers: await system.viewer(), body: file });

    expect(answer.status).toBe(503);
    expect(system.storage.keys).toHaveLength(1);
    system.mongodb.heal();
    await eventually(
      async () => [...system.storage.keys, ...(await system.records())],
      (left) => left.length === 0,
    );
    expect(system.probe.published('video.uploaded')).toEqual([]);
  });

  it('a record is old and its event published: it is swept; one whose event is not yet published stays', async () => {
    const { url } = await system.start({ UPLOAD_RECORD_SECONDS: '1', UPLOAD_SWEEP_SECONDS: '0.3' });
    system.rabbitmq.refuse();
    await eventually(
      () => ready(url),
      (status) => status === 503,
    );
    await send(url, { headers: await system.viewer(), body: file });
    const uploads = system.database.db.collection('uploads');
    await uploads.updateMany({}, { $set: { storedAt: new Date(0) } });
    await uploads.insertOne({ _id: 'published' as never, state: 'stored', storedAt: new Date(0), outbox: [] });
    await eventually(
      () => system.records(),
      (records) => records.length === 1 && records[0]?.outbox.length === 1,
    );

    system.rabbitmq.heal();

    await system.probe.next('video.uploaded');
    await eventually(
      () => system.records(),
      (records) => records.length === 0,
    );
  });
});
