import { newId } from '@flixtube/chassis/ids';
import type { Video } from '@flixtube/contracts/http/video';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { eventually, type Metadata, startMetadata, uploadedEvent, uploadOf, viewedEvent, viewer } from './support.ts';

let metadata: Metadata;
beforeAll(async () => {
  metadata = await startMetadata();
});
afterAll(() => metadata.close());

const read = (id: string, as = viewer()) => metadata.call<Video>('GET', `/api/videos/${id}`, { as });
const viewsOf = async (id: string) => (await read(id)).body.viewCount;

describe('video.uploaded', () => {
  it('puts the video into the catalogue, created when it was uploaded', async () => {
    const data = uploadOf({ title: 'Uploaded', description: 'by event' });
    await metadata.probe.publish(uploadedEvent(data, '2026-03-01T12:00:00.000Z'));
    const { body } = await eventually(async () => {
      const answer = await read(data.videoId, viewer(data.ownerId));
      expect(answer.status).toBe(200);
      return answer;
    });
    expect(body).toMatchObject({
      id: data.videoId,
      title: 'Uploaded',
      description: 'by event',
      status: 'processing',
      createdAt: '2026-03-01T12:00:00.000Z',
      sizeBytes: data.source.sizeBytes,
      contentType: data.source.contentType,
      owner: { id: data.ownerId, name: 'You' },
    });
  });

  it('changes nothing when the video was announced by a call already, or changed since, or told twice', async () => {
    const video = await metadata.announce({ title: 'Announced' });
    const data = uploadOf({ videoId: video.id, title: 'Late' });
    await metadata.probe.publish(uploadedEvent(data));
    await metadata.probe.publish(uploadedEvent(data));
    const sentinel = uploadOf();
    await metadata.probe.publish(uploadedEvent(sentinel));
    await eventually(async () => expect((await read(sentinel.videoId)).status).toBe(200));
    expect((await read(video.id)).body.title).toBe('Announced');
    expect(await metadata.database.db.collection('videos').countDocuments({ _id: video.id as never })).toBe(1);
  });

  it('does not bring back a video that was deleted', async () => {
    const ownerId = newId();
    const data = uploadOf({ ownerId });
    const video = await metadata.announce(data);
    await metadata.call('DELETE', `/api/videos/${video.id}`, { as: viewer(ownerId) });
    await metadata.probe.publish(uploadedEvent(data));
    const sentinel = uploadOf();
    await metadata.probe.publish(uploadedEvent(sentinel));
    await eventually(async () => expect((await read(sentinel.videoId)).status).toBe(200));
    expect((await read(video.id, viewer(ownerId))).status).toBe(404);
  });

  it.each([
    ['no data', undefined],
    ['a video id that is none', { ...uploadOf(), videoId: '../x' }],
    ['no source', { ...uploadOf(), source: undefined }],
  ])('with %s is a dead letter, with its reason', async (_, data) => {
    const event = { ...uploadedEvent(uploadOf()), id: newId(), data };
    await metadata.probe.publish(event);
    const letter = await metadata.probe.nextDeadLetter(({ body }) => (body as { id?: string }).id === event.id);
    expect(letter.headers['x-reason']).toEqual(expect.any(String));
  });
});

describe('video.viewed', () => {
  it('counts each event once, however often and in whatever order it comes, in all replicas together', async () => {
    const replica = await metadata.startReplica();
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ video: fc.nat(2), times: fc.integer({ min: 1, max: 4 }) }), {
          minLength: 1,
          maxLength: 40,
        }),
        fc.infiniteStream(fc.nat(1_000_000)),
        async (views, random) => {
          const videos = [await metadata.announce(), await metadata.announce(), await metadata.announce()];
          const events = views.flatMap(({ video, times }) =>
            Array(times).fill(viewedEvent((videos[video] as Video).id)),
          );
          const shuffled = events.map((event) => ({ event, at: random.next().value })).sort((a, b) => a.at - b.at);
          await Promise.all(shuffled.map(({ event }) => metadata.probe.publish(event)));
          const expected = videos.map((_, n) => views.filter(({ video }) => video === n).length);
          await eventually(async () =>
            expect(await Promise.all(videos.map(({ id }) => viewsOf(id)))).toEqual(expected),
          );
          // Repeats that came last would be counted by now, too.
          const sentinel = await metadata.announce();
          await metadata.probe.publish(viewedEvent(sentinel.id));
          await eventually(async () => expect(await viewsOf(sentinel.id)).toBe(1));
          expect(await Promise.all(videos.map(({ id }) => viewsOf(id)))).toEqual(expected);
        },
      ),
      { numRuns: 5 },
    );
    await replica.stop();
  }, 120_000);

  it('counts each event once when connections are cut and the consumer is stopped in the middle', async () => {
    const video = await metadata.announce();
    const replica = await metadata.startReplica();
    const events = Array.from({ length: 600 }, () => viewedEvent(video.id));
    const publishing = Promise.all(events.map((event) => metadata.probe.publish(event)));
    await eventually(async () => expect(await viewsOf(video.id)).toBeGreaterThan(0));
    await metadata.cutConnections();
    await replica.stop();
    await publishing;
    await Promise.all(events.slice(-50).map((event) => metadata.probe.publish(event)));
    await eventually(async () => expect(await viewsOf(video.id)).toBe(600));
    const sentinel = await metadata.announce();
    await metadata.probe.publish(viewedEvent(sentinel.id));
    await eventually(async () => expect(await viewsOf(sentinel.id)).toBe(1));
    expect(await viewsOf(video.id)).toBe(600);
  }, 90_000);

  it('counts a view whose video comes a moment later', async () => {
    const data = uploadOf();
    await metadata.probe.publish(viewedEvent(data.videoId));
    const sentinel = await metadata.announce();
    await metadata.probe.publish(viewedEvent(sentinel.id));
    await eventually(async () => expect(await viewsOf(sentinel.id)).toBe(1));
    await metadata.probe.publish(uploadedEvent(data));
    await eventually(async () => expect(await viewsOf(data.videoId)).toBe(1));
  });

  it('of a video that never was becomes a dead letter, and holds up nothing', async () => {
    const video = await metadata.announce();
    const event = viewedEvent(newId());
    await metadata.probe.publish(event);
    await metadata.probe.publish(viewedEvent(video.id));
    await eventually(async () => expect(await viewsOf(video.id)).toBe(1));
    const letter = await metadata.probe.nextDeadLetter(({ body }) => (body as { id?: string }).id === event.id, 30_000);
    expect(letter.headers['x-reason']).toMatch(/not in the catalogue/);
  }, 60_000);

  it('of a deleted video is dropped', async () => {
    const ownerId = newId();
    const video = await metadata.announce({ ownerId });
    await metadata.call('DELETE', `/api/videos/${video.id}`, { as: viewer(ownerId) });
    const event = viewedEvent(video.id);
    await metadata.probe.publish(event);
    const sentinel = await metadata.announce();
    await metadata.probe.publish(viewedEvent(sentinel.id));
    await eventually(async () => expect(await viewsOf(sentinel.id)).toBe(1));
    expect(metadata.probe.deadLetters().some(({ body }) => (body as { id?: string }).id === event.id)).toBe(false);
  });
});

describe('an event of our own', () => {
  it('is published after the broker was away when it was caused', async () => {
    const ownerId = newId();
    const video = await metadata.announce({ ownerId });
    await metadata.cutConnections();
    const as = viewer(ownerId);
    expect((await metadata.call('DELETE', `/api/videos/${video.id}`, { as })).status).toBe(204);
    const event = await metadata.probe.next('video.deleted', ({ subject }) => subject === video.id);
    expect(event.data).toEqual({ videoId: video.id, ownerId });
  });
});
