import { newId } from '@flixtube/chassis/ids';
import { newEvent } from '@flixtube/chassis/messaging';
import { videoDeleted } from '@flixtube/contracts/events/video-deleted';
import type { HistoryList } from '@flixtube/contracts/http/history';
import type { Problem } from '@flixtube/contracts/http/problem';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, type RunningHistory, report, startHistory, viewer } from './support/history.ts';

const minute = (n: number) => new Date(Date.UTC(2026, 2, 1, 12, n)).toISOString();

describe('history and continue watching', () => {
  let history: RunningHistory;
  beforeAll(async () => {
    history = await startHistory();
  });
  afterEach(() => {
    history.metadata.down = false;
  });
  afterAll(() => history.close());

  /** Has a viewer watch so many videos, one a minute, and gives their ids, the last watched first. */
  const watch = async (viewerId: string, count: number) => {
    const told = Array.from({ length: count }, (_, n) => report({ viewerId, positionSeconds: 60 + n, at: minute(n) }));
    for (const event of told) await history.probe.publish(event);
    await eventually(
      () => history.items(viewerId, '/api/history?limit=100'),
      (items) => items.length === count,
    );
    return told.map(({ data }) => data.videoId).reverse();
  };
  const allPages = async (viewerId: string, limit: number) => {
    const ids: string[] = [];
    const sizes: number[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const path: string = `/api/history?limit=${limit}${cursor === '' ? '' : `&cursor=${cursor}`}`;
      const { body } = await history.call<HistoryList>('GET', path, viewer(viewerId));
      ids.push(...body.items.map(({ video }) => video.id));
      sizes.push(body.items.length);
      cursor = body.nextCursor;
    }
    return { ids, sizes };
  };

  it('when videos were watched, then the last one comes first, with its position, for this viewer alone', async () => {
    const viewerId = newId();
    const [last, first] = await watch(viewerId, 2);
    expect(await history.items(viewerId)).toMatchObject([
      { video: { id: last }, positionSeconds: 61, watchedAt: minute(1) },
      { video: { id: first }, positionSeconds: 60, watchedAt: minute(0) },
    ]);
    expect(await history.items(newId())).toEqual([]);
  });

  it('when an older report comes late, then the newer position stays', async () => {
    const session = { viewerId: newId(), videoId: newId(), sessionId: newId() };
    await history.probe.publish(report({ ...session, positionSeconds: 50, at: minute(5) }));
    await history.probe.publish(report({ ...session, positionSeconds: 20, at: minute(4) }));
    await watch(newId(), 1);
    expect(await history.items(session.viewerId)).toMatchObject([{ positionSeconds: 50, watchedAt: minute(5) }]);
  });

  it('when it is paged through while more is watched, then every video comes once', async () => {
    const viewerId = newId();
    const ids = await watch(viewerId, 7);
    const first = await history.call<HistoryList>('GET', '/api/history?limit=3', viewer(viewerId));
    await history.probe.publish(report({ viewerId, at: minute(30) }));
    await eventually(
      () => history.items(viewerId, '/api/history?limit=100'),
      (items) => items.length === 8,
    );
    const second = await history.call<HistoryList>(
      'GET',
      `/api/history?limit=100&cursor=${first.body.nextCursor}`,
      viewer(viewerId),
    );
    expect([...first.body.items, ...second.body.items].map(({ video }) => video.id)).toEqual(ids);
    expect(second.body.nextCursor).toBeNull();
  });

  it('when some videos are gone, then they are left out, and no page is empty with more behind it', async () => {
    const viewerId = newId();
    const ids = await watch(viewerId, 9);
    for (const id of ids.slice(0, 5)) history.metadata.gone.add(id);
    const { ids: listed, sizes } = await allPages(viewerId, 2);
    expect(listed).toEqual(ids.slice(5));
    expect(sizes).toEqual([2, 2]);
  });

  it('when a video was hardly begun or is nearly over, then there is nothing to continue', async () => {
    const viewerId = newId();
    const at = (positionSeconds: number) => report({ viewerId, positionSeconds, durationSeconds: 100 });
    const [begun, middle, over] = [at(2), at(50), at(96)];
    for (const event of [begun, middle, over]) await history.probe.publish(event);
    await eventually(
      () => history.items(viewerId),
      (items) => items.length === 3,
    );
    const unfinished = await history.items(viewerId, '/api/continue-watching');
    expect(unfinished.map(({ video }) => video.id)).toEqual([middle.data.videoId]);
  });

  it('when one is removed, then reports from before do not bring it back, and watching it again does', async () => {
    const viewerId = newId();
    const told = report({ viewerId });
    await history.probe.publish(told);
    await eventually(
      () => history.items(viewerId),
      (items) => items.length === 1,
    );
    const { videoId } = told.data;
    expect((await history.call('DELETE', `/api/history/${videoId}`, viewer(viewerId))).status).toBe(204);
    expect((await history.call('DELETE', `/api/history/${videoId}`, viewer(viewerId))).status).toBe(204);
    await history.probe.publish(report({ ...told.data, positionSeconds: 61, at: told.time }));
    await watch(newId(), 1);
    expect(await history.items(viewerId)).toEqual([]);
    await history.probe.publish(
      report({ ...told.data, positionSeconds: 62, at: new Date(Date.now() + 1000).toISOString() }),
    );
    await eventually(
      () => history.items(viewerId),
      (items) => items[0]?.positionSeconds === 62,
    );
  });

  it('when all is removed, then what was on its way stays away, also of videos that were not known yet', async () => {
    const viewerId = newId();
    const others = newId();
    await watch(viewerId, 2);
    await watch(others, 1);
    const onItsWay = report({ viewerId });
    expect((await history.call('DELETE', '/api/history', viewer(viewerId))).status).toBe(204);
    await history.probe.publish(onItsWay);
    await watch(newId(), 1);
    expect(await history.items(viewerId)).toEqual([]);
    expect(await history.items(others)).toHaveLength(1);
  });

  it('when a video is deleted, then it leaves every history for good', async () => {
    const [one, two] = [report(), report()];
    const videoId = one.data.videoId;
    await history.probe.publish(one);
    await history.probe.publish(report({ ...two.data, videoId }));
    await eventually(
      () => history.items(two.data.viewerId),
      (items) => items.length === 1,
    );
    const data = { videoId, ownerId: newId() };
    await history.probe.publish(newEvent(videoDeleted, { source: 'metadata', subject: videoId, data }));
    for (const {
      data: { viewerId },
    } of [one, two]) {
      await eventually(
        () => history.items(viewerId),
        (items) => items.length === 0,
      );
    }
    await history.probe.publish(report({ ...one.data, at: new Date(Date.now() + 1000).toISOString() }));
    await watch(newId(), 1);
    expect(await history.items(one.data.viewerId)).toEqual([]);
  });

  it('when metadata is down, then the list is 503 with a problem, and works again after', async () => {
    const viewerId = newId();
    await watch(viewerId, 1);
    history.metadata.down = true;
    const refused = await history.call<Problem>('GET', '/api/history', viewer(viewerId));
    expect(refused.status).toBe(503);
    expect(refused.headers.get('content-type')).toBe('application/problem+json');
    history.metadata.down = false;
    await eventually(
      () => history.call('GET', '/api/history', viewer(viewerId)),
      ({ status }) => status === 200,
    );
  });

  it.each([
    ['GET', '/api/history?limit=0', 'limit'],
    ['GET', '/api/history?limit=1&limit=2', 'limit'],
    ['GET', '/api/history?cursor=nonsense', 'cursor'],
    ['GET', `/api/history?cursor=${'a'.repeat(5000)}`, 'cursor'],
    ['GET', '/api/continue-watching?colour=red', 'colour'],
    ['DELETE', '/api/history?all=yes', 'all'],
    ['DELETE', `/api/history/${'a'.repeat(5000)}`, 'videoId'],
    ['DELETE', '/api/history/..%2f..', 'videoId'],
  ])('when %s %.60s, then it is 400 and names %s', async (method, path, field) => {
    const { status, body } = await history.call<Problem>(method, path);
    expect(status).toBe(400);
    expect(body.errors?.map(({ path: named }) => named)).toContain(field);
  });

  it('when a cursor comes from another list or viewer, then it is refused', async () => {
    const viewerId = newId();
    await watch(viewerId, 2);
    const { body } = await history.call<HistoryList>('GET', '/api/history?limit=1', viewer(viewerId));
    for (const [path, who] of [
      ['/api/continue-watching', viewerId],
      ['/api/history', newId()],
    ] as const) {
      const { status } = await history.call('GET', `${path}?cursor=${body.nextCursor}`, viewer(who));
      expect(status).toBe(400);
    }
  });

  it('when nobody says who is calling, then it is 401; a service is 403; other methods are 405', async () => {
    expect((await history.call('GET', '/api/history', null)).status).toBe(401);
    expect((await history.call('GET', '/api/history', { kind: 'service', name: 'test' })).status).toBe(403);
    const refused = await history.call('POST', '/api/history');
    expect(refused.status).toBe(405);
    expect(refused.headers.get('allow')).toContain('DELETE');
  });
});
