import { newId } from '@flixtube/chassis/ids';
import { newEvent } from '@flixtube/chassis/messaging';
import { videoChanged } from '@flixtube/contracts/events/video-changed';
import { videoDeleted } from '@flixtube/contracts/events/video-deleted';
import type { InternalVideo } from '@flixtube/contracts/http/internal';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { problem } from './support/fakes.ts';
import { startStreaming, type TestStreaming } from './support/streaming.ts';

describe('who may watch', () => {
  let streaming: TestStreaming;
  const owner = newId();
  const stranger = newId();

  beforeAll(async () => {
    streaming = await startStreaming();
  });
  afterAll(() => streaming.stop());
  beforeEach(async () => {
    streaming.metadata.instead = undefined;
    await streaming.ready();
    streaming.metadata.requests.length = 0;
  });

  const status = async (video: InternalVideo, viewerId: string): Promise<number> => {
    const answer = await fetch(`${streaming.url}/api/videos/${video.id}/file`, {
      headers: await streaming.by(viewerId),
    });
    await answer.arrayBuffer();
    return answer.status;
  };
  const becomes = async (video: InternalVideo, viewerId: string, wanted: number): Promise<void> => {
    const deadline = Date.now() + 5000;
    while ((await status(video, viewerId)) !== wanted) {
      if (Date.now() > deadline) throw new Error(`it did not become ${wanted}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const change = (video: InternalVideo, visibility: InternalVideo['visibility']) => {
    streaming.metadata.videos.set(video.id, { ...video, visibility });
    const data = { videoId: video.id, ownerId: video.ownerId, title: 'T', visibility, durationSeconds: null };
    return streaming.probe.publish(newEvent(videoChanged, { source: 'metadata', subject: video.id, data }));
  };
  const remove = (video: InternalVideo) => {
    streaming.metadata.videos.delete(video.id);
    const data = { videoId: video.id, ownerId: video.ownerId };
    return streaming.probe.publish(newEvent(videoDeleted, { source: 'metadata', subject: video.id, data }));
  };

  it.each([
    ['public', 200],
    ['unlisted', 200],
    ['private', 404],
  ] as const)('shows a %s video to its owner with 200, to anyone else with %d', async (visibility, other) => {
    const video = streaming.add({ ownerId: owner, visibility });
    expect([await status(video, owner), await status(video, stranger)]).toEqual([200, other]);
  });

  it('tells caches whether others may keep it, and that they ask before each use', async () => {
    const video = streaming.add({ ownerId: owner, visibility: 'private' });
    const answer = await fetch(`${streaming.url}/api/videos/${video.id}/file`, { headers: await streaming.by(owner) });
    expect(answer.headers.get('cache-control')).toBe('private, no-cache');
    await answer.arrayBuffer();
  });

  it('asks once for all ranges of a video, and once for all who begin together', async () => {
    const video = streaming.add();
    await Promise.all(Array.from({ length: 20 }, () => status(video, newId())));
    expect(streaming.metadata.requests).toHaveLength(1);
  });

  it('hides a video that is made private, and one that is deleted, as soon as that is heard', async () => {
    const video = streaming.add({ ownerId: owner });
    expect(await status(video, stranger)).toBe(200);
    await change(video, 'private');
    await becomes(video, stranger, 404);
    expect(await status(video, owner)).toBe(200);
    await remove(video);
    await becomes(video, owner, 404);
  });

  it('believes what is known no more, when changes may have been missed', async () => {
    const video = streaming.add();
    await status(video, stranger);
    await streaming.vhost.cutConnections();
    await becomes(video, stranger, 200);
    await streaming.ready();
    // Deleted while nobody heard: there is no event.
    streaming.metadata.videos.delete(video.id);
    streaming.metadata.requests.length = 0;
    await becomes(video, stranger, 404);
  });

  it('serves what it knows of a public video, also while metadata is down, and says 503 of what it does not', async () => {
    const known = streaming.add();
    await status(known, stranger);
    const unknown = streaming.add();
    await streaming.metadata.kill();
    expect([await status(known, stranger), await status(unknown, stranger)]).toEqual([200, 503]);
    await streaming.metadata.revive();
    await becomes(unknown, stranger, 200);
  });

  it('answers 502 when metadata makes no sense', async () => {
    const video = streaming.add();
    streaming.metadata.instead = (_req, res) =>
      res.writeHead(200, { 'content-type': 'application/json' }).end('{"id":1}');
    expect(await status(video, stranger)).toBe(502);
    streaming.metadata.instead = (_req, res) => problem(res, 500);
    expect(await status(video, stranger)).toBe(502);
  });
});
