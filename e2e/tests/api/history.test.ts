import { randomUUID } from 'node:crypto';
import type { HistoryList } from '@flixtube/contracts/http/history';
import type { Video } from '@flixtube/contracts/http/video';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { fakeClip } from '../../src/clips.ts';
import { eventually } from '../../src/eventually.ts';
import { systemUrl } from '../../src/system.ts';
import { inShort, Viewer } from '../../src/viewer.ts';

describe('history and views', () => {
  const publisher = new Viewer(systemUrl());
  let video: Video;

  beforeAll(async () => {
    const answer = await publisher.upload(fakeClip(50_000, 7), 'Watched in parts');
    expect(inShort(answer)).toBe('201');
    video = answer.body;
  });

  const views = async () => (await publisher.ask<Video>(`/api/videos/${video.id}`)).body.viewCount;
  const history = async (viewer: Viewer, path = '/api/history') => (await viewer.ask<HistoryList>(path)).body.items;

  it('when ten seconds were watched, then it counts as one view, however often it is reported', async () => {
    const viewer = new Viewer(systemUrl());
    const sessionId = randomUUID();
    for (const watchedSeconds of [4, 9, 11, 11, 15, 40]) {
      const answer = await viewer.progress(video.id, {
        sessionId,
        positionSeconds: watchedSeconds,
        watchedSeconds,
        durationSeconds: 100,
      });
      expect(inShort(answer)).toBe('202');
    }
    await eventually(views, (count) => count === 1);
    await viewer.progress(video.id, {
      sessionId: randomUUID(),
      positionSeconds: 60,
      watchedSeconds: 60,
      durationSeconds: 100,
    });
    const resumed = await eventually(
      () => history(viewer, '/api/continue-watching'),
      (items) => items[0]?.positionSeconds === 60,
    );
    expect(resumed).toMatchObject([{ video: { id: video.id }, positionSeconds: 60 }]);
    expect(await views()).toBe(1);
  });

  it('when another viewer watches half of a short one, then that is a view too', async () => {
    const before = await views();
    const viewer = new Viewer(systemUrl());
    await viewer.progress(video.id, {
      sessionId: randomUUID(),
      positionSeconds: 3,
      watchedSeconds: 3,
      durationSeconds: 6,
    });
    await eventually(views, (count) => count === before + 1);
  });

  it('when a viewer looks at their history, then it holds their own and nobody else’s, until they remove it', async () => {
    const viewer = new Viewer(systemUrl());
    await viewer.progress(video.id, {
      sessionId: randomUUID(),
      positionSeconds: 5,
      watchedSeconds: 5,
      durationSeconds: 100,
    });
    const [item] = await eventually(
      () => history(viewer),
      (items) => items.length === 1,
    );
    expect(item).toMatchObject({ video: { id: video.id, title: 'Watched in parts' }, positionSeconds: 5 });
    expect(Date.parse(item?.watchedAt ?? '')).toBeGreaterThan(Date.now() - 60_000);
    expect(await history(new Viewer(systemUrl()))).toEqual([]);
    expect((await viewer.ask(`/api/history/${video.id}`, { method: 'DELETE' })).status).toBe(204);
    expect(await history(viewer)).toEqual([]);
    expect((await viewer.ask('/api/history', { method: 'DELETE' })).status).toBe(204);
  });

  it('when the video is deleted, then it leaves every history', async () => {
    const viewer = new Viewer(systemUrl());
    const { body: doomed } = await publisher.upload(fakeClip(10_000, 8), 'Soon gone');
    await viewer.progress(doomed.id, { sessionId: randomUUID(), positionSeconds: 12, watchedSeconds: 12 });
    await eventually(
      () => history(viewer),
      (items) => items.length === 1,
    );
    await publisher.ask(`/api/videos/${doomed.id}`, { method: 'DELETE' });
    await eventually(
      () => history(viewer),
      (items) => items.length === 0,
    );
  });
});
