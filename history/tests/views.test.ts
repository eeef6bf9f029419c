import { newId } from '@flixtube/chassis/ids';
import { newEvent } from '@flixtube/chassis/messaging';
import { videoChanged } from '@flixtube/contracts/events/video-changed';
import type { VideoViewed } from '@flixtube/contracts/events/video-viewed';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, type RunningHistory, report, startHistory } from './support/history.ts';

describe('video.viewed', () => {
  let history: RunningHistory;
  beforeAll(async () => {
    history = await startHistory();
  });
  afterAll(() => history.close());

  /**
   * All views of a video, once everything that was told before has been handled: events of different documents are
   * relayed side by side, so a marker may overtake what was told before it, but not what a whole pass was made of.
   */
  const viewsOf = async (videoId: string) => {
    for (let pass = 0; pass < 2; pass += 1) {
      const marker = report({ watchedSeconds: 10 });
      await history.probe.publish(marker);
      await history.probe.next<VideoViewed>('video.viewed', ({ data }) => data.videoId === marker.data.videoId);
    }
    return history.probe.published<VideoViewed>('video.viewed').filter(({ data }) => data.videoId === videoId);
  };

  it('when ten seconds were watched, then it is published once, with who watched what', async () => {
    const session = { videoId: newId(), viewerId: newId(), sessionId: newId() };
    for (const watchedSeconds of [3, 9.9, 10, 15, 300])
      await history.probe.publish(report({ ...session, watchedSeconds }));
    const views = await viewsOf(session.videoId);
    expect(views.map(({ data }) => data)).toEqual([session]);
    expect(views[0]).toMatchObject({ source: 'history', subject: session.videoId, specversion: '1.0' });
  });

  it('when less was watched, then nothing is published', async () => {
    const told = report({ watchedSeconds: 9.9 });
    await history.probe.publish(told);
    expect(await viewsOf(told.data.videoId)).toEqual([]);
  });

  it('when half of a video of six seconds was watched, then it counts', async () => {
    const told = report({ watchedSeconds: 3, durationSeconds: 6 });
    await history.probe.publish(report({ ...told.data, watchedSeconds: 2.9 }));
    await history.probe.publish(told);
    expect(await viewsOf(told.data.videoId)).toHaveLength(1);
  });

  it('when the catalogue knows a length, then what a player says of it does not matter', async () => {
    const videoId = newId();
    const data = { videoId, ownerId: newId(), title: 'Long', visibility: 'public' as const, durationSeconds: 600 };
    await history.probe.publish(newEvent(videoChanged, { source: 'metadata', subject: videoId, data }));
    // The two events come by different queues: told again until the length is known.
    const marker = await eventually(
      async () => {
        const told = report({ videoId, positionSeconds: 700 });
        await history.probe.publish(told);
        return (
          await eventually(
            () => history.items(told.data.viewerId),
            (items) => items.length > 0,
          )
        )[0];
      },
      (item) => item?.positionSeconds === 600,
    );
    expect(marker?.positionSeconds).toBe(600);
    await history.probe.publish(report({ videoId, watchedSeconds: 3, durationSeconds: 6 }));
    expect(await viewsOf(videoId)).toEqual([]);
  });

  it('when the same viewer watches again within the hour, then it does not count again; in the next hour it does', async () => {
    const who = { videoId: newId(), viewerId: newId(), watchedSeconds: 20 };
    await history.probe.publish(report({ ...who, at: '2026-03-01T12:01:00.000Z' }));
    await history.probe.publish(report({ ...who, at: '2026-03-01T12:59:00.000Z' }));
    await history.probe.publish(report({ ...who, at: '2026-03-01T13:01:00.000Z' }));
    expect(await viewsOf(who.videoId)).toHaveLength(2);
  });

  it('when one session goes on into the next hour, then it does not count again', async () => {
    const session = { videoId: newId(), viewerId: newId(), sessionId: newId(), watchedSeconds: 20 };
    await history.probe.publish(report({ ...session, at: '2026-03-01T12:59:00.000Z' }));
    await history.probe.publish(report({ ...session, at: '2026-03-01T13:01:00.000Z' }));
    expect(await viewsOf(session.videoId)).toHaveLength(1);
  });

  it('when many viewers are told of twice, by two replicas, then each counts once', async () => {
    const replica = await history.startReplica();
    const videoId = newId();
    const told = Array.from({ length: 60 }, () => report({ videoId, watchedSeconds: 30 }));
    await Promise.all([...told, ...told].map((event) => history.probe.publish(event)));
    const views = await eventually(
      () => viewsOf(videoId),
      (all) => all.length >= told.length,
    );
    expect(new Set(views.map(({ id }) => id)).size).toBe(told.length);
    expect(new Set(views.map(({ data }) => data.viewerId)).size).toBe(told.length);
    await replica.stop();
  });

  it('when an event is none of the contract, then it is a dead letter with its reason, and the others go on', async () => {
    const broken = { ...report(), data: { videoId: 'nothing' } };
    await history.probe.publish(broken);
    const letter = await history.probe.nextDeadLetter(({ body }) => (body as { id?: string }).id === broken.id);
    expect(letter.headers['x-reason']).toMatch(/videoId/);
    expect(await viewsOf(newId())).toEqual([]);
  });
});
