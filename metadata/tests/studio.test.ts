import { newId } from '@flixtube/chassis/ids';
import { type VideoList, videoList } from '@flixtube/contracts/http/video-list';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { expectProblem, type Metadata, startMetadata, viewer } from './support.ts';

let metadata: Metadata;
beforeAll(async () => {
  metadata = await startMetadata();
});
afterAll(() => metadata.close());

const get = (ownerId: string, query = '') =>
  metadata.call<VideoList>('GET', `/api/studio/videos${query}`, { as: viewer(ownerId) });
const titlesOf = ({ items }: VideoList) => items.map(({ title }) => title);
const at = (minute: number) => new Date(Date.UTC(2026, 2, 1, 0, minute)).toISOString();

describe('GET /api/studio/videos', () => {
  it("answers the caller's own of every visibility, newest first, and nobody else's", async () => {
    const ownerId = newId();
    await metadata.announce({ title: 'Public', ownerId, createdAt: at(1) });
    await metadata.announce({ title: 'Private', visibility: 'private', ownerId, createdAt: at(3) });
    await metadata.announce({ title: 'Unlisted', visibility: 'unlisted', ownerId, createdAt: at(2) });
    await metadata.announce({ title: 'Of another', createdAt: at(4) });

    const { status, body } = await get(ownerId);

    expect(status).toBe(200);
    expect(() => videoList.parse(body)).not.toThrow();
    expect(titlesOf(body)).toEqual(['Private', 'Unlisted', 'Public']);
    expect(body.nextCursor).toBeNull();
    expect(body.items.map(({ owner }) => owner)).toEqual(Array(3).fill({ id: ownerId, name: 'You' }));
    expect((await get(newId())).body).toEqual({ items: [], nextCursor: null });
  });

  it('no longer has what was removed, and has what was changed as it is now', async () => {
    const ownerId = newId();
    const [kept, removed] = [await metadata.announce({ ownerId }), await metadata.announce({ ownerId })];
    const as = viewer(ownerId);
    expect((await metadata.call('DELETE', `/api/videos/${removed.id}`, { as })).status).toBe(204);
    const edit = { as, headers: { 'if-match': '*' }, body: { title: 'Changed', visibility: 'private' } };
    expect((await metadata.call('PATCH', `/api/videos/${kept.id}`, edit)).status).toBe(200);
    expect(titlesOf((await get(ownerId)).body)).toEqual(['Changed']);
  });

  it('is complete and free of repeats in pages, while videos are added and removed, also of one millisecond', async () => {
    const ownerId = newId();
    const minutes = [1, 2, 2, 2, 2, 3, 4];
    const ids: string[] = [];
    for (const minute of minutes) ids.push((await metadata.announce({ ownerId, createdAt: at(minute) })).id);
    const read: string[] = [];
    let cursor: string | null = null;
    do {
      const page: VideoList = (await get(ownerId, `?limit=2${cursor === null ? '' : `&cursor=${cursor}`}`)).body;
      expect(page.items.length).toBeLessThanOrEqual(2);
      read.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
      await metadata.announce({ ownerId, createdAt: at(10) });
      // The one at which the page ended is not needed to go on after it.
      await metadata.call('DELETE', `/api/videos/${read.at(-1)}`, { as: viewer(ownerId) });
    } while (cursor !== null);
    expect([...read].sort()).toEqual([...ids].sort());
  });

  it("refuses a cursor of another list, of another viewer's, and one that was made up", async () => {
    const ownerId = newId();
    for (let n = 0; n < 2; n++) await metadata.announce({ ownerId, title: 'For cursors' });
    const { nextCursor } = (await get(ownerId, '?limit=1')).body;
    expect((await get(ownerId, `?cursor=${nextCursor}`)).body.items).toHaveLength(1);
    expectProblem(await get(newId(), `?cursor=${nextCursor}`), 400, 'cursor');
    const others = await metadata.call<VideoList>('GET', '/api/videos?limit=1', { as: viewer(ownerId) });
    expectProblem(await get(ownerId, `?cursor=${others.body.nextCursor}`), 400, 'cursor');
    expectProblem(await metadata.call('GET', `/api/videos?cursor=${nextCursor}`), 400, 'cursor');
  });

  it.each([
    ['limit', 'limit=0'],
    ['limit', 'limit=101'],
    ['cursor', 'cursor=nonsense'],
    ['ownerId', 'ownerId=1'],
  ])('refuses a wrong %s: %s', async (field, query) => {
    expectProblem(await metadata.call('GET', `/api/studio/videos?${query}`), 400, field);
  });

  it('answers nobody who is not known, and no other method', async () => {
    expectProblem(await metadata.call('GET', '/api/studio/videos', { as: null }), 401);
    expectProblem(await metadata.call('POST', '/api/studio/videos', { body: {} }), 405);
  });
});
