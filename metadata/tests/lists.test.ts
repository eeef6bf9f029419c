import { newId } from '@flixtube/chassis/ids';
import type { VideoList } from '@flixtube/contracts/http/video-list';
import { videoList } from '@flixtube/contracts/http/video-list';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, expectProblem, type Metadata, startMetadata, viewedEvent, viewer } from './support.ts';

let metadata: Metadata;
beforeAll(async () => {
  metadata = await startMetadata();
});
afterAll(() => metadata.close());

const get = (query: Record<string, string | number>, as = viewer()) => {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) parameters.set(name, `${value}`);
  return metadata.call<VideoList>('GET', `/api/videos?${parameters}`, { as });
};
const titlesOf = ({ items }: VideoList) => items.map(({ title }) => title);

describe('GET /api/videos', () => {
  it('answers the public catalogue, newest first, when nothing is asked for', async () => {
    const owner = viewer();
    const given = { ownerId: 'id' in owner ? owner.id : '' };
    await metadata.announce({ title: 'Older', createdAt: '2026-01-01T00:00:00.000Z', ...given });
    await metadata.announce({ title: 'Newer', createdAt: '2026-02-01T00:00:00.000Z' });
    await metadata.announce({ title: 'Unlisted', visibility: 'unlisted', ...given });
    await metadata.announce({ title: 'Private', visibility: 'private', ...given });

    const { status, body } = await get({}, owner);

    expect(status).toBe(200);
    expect(() => videoList.parse(body)).not.toThrow();
    expect(titlesOf(body)).toEqual(['Newer', 'Older']);
    expect(body.nextCursor).toBeNull();
    // To its owner a video says so; of others nobody learns who they are.
    expect(body.items.map((video) => video.owner)).toEqual([null, { id: given.ownerId, name: 'You' }]);
  });

  it('goes on with nextCursor while videos are added, until that is null', async () => {
    for (let n = 0; n < 7; n++) {
      await metadata.announce({ title: `Paging ${n}`, createdAt: new Date(Date.UTC(2026, 2, 1, n)).toISOString() });
    }
    const read: string[] = [];
    let cursor: string | null = null;
    do {
      const page: VideoList = (await get({ query: 'paging', limit: 2, ...(cursor === null ? {} : { cursor }) })).body;
      read.push(...titlesOf(page));
      cursor = page.nextCursor;
      await metadata.announce({ title: 'Paging, added meanwhile' });
    } while (cursor !== null);
    expect(read).toEqual([6, 5, 4, 3, 2, 1, 0].map((n) => `Paging ${n}`));
  });

  it('orders by views, and by what trends, once video.viewed has come', async () => {
    const title = 'Ordered';
    const daysAgo = (days: number) => new Date(Date.now() - days * 24 * 3600 * 1000).toISOString();
    const classic = await metadata.announce({ title, description: 'classic', createdAt: daysAgo(30) });
    const hit = await metadata.announce({ title, description: 'hit', createdAt: daysAgo(20) });
    const unseen = await metadata.announce({ title, description: 'unseen', createdAt: daysAgo(10) });
    for (let n = 0; n < 3; n++) await metadata.probe.publish(viewedEvent(classic.id, { time: daysAgo(29) }));
    await metadata.probe.publish(viewedEvent(hit.id, { time: daysAgo(0) }));
    await eventually(async () => {
      expect((await get({ query: title, sort: 'popular' })).body.items.map(({ viewCount }) => viewCount)).toEqual([
        3, 1, 0,
      ]);
    });
    const idsBy = async (sort: string) => (await get({ query: title, sort })).body.items.map(({ id }) => id);
    expect(await idsBy('popular')).toEqual([classic.id, hit.id, unseen.id]);
    expect(await idsBy('trending')).toEqual([hit.id, unseen.id, classic.id]);
    expect(await idsBy('newest')).toEqual([unseen.id, hit.id, classic.id]);
  });

  it.each([
    ['accents and case', 'CREME bru'],
    ['a word of the description', 'dessert'],
    ['words of both, in any order', 'dessert crème'],
  ])('finds by %s', async (_, query) => {
    await metadata.announce({ title: 'Crème brûlée', description: 'The dessert of desserts.' });
    expect(titlesOf((await get({ query })).body)).toContain('Crème brûlée');
  });

  it.each([['brulee salt'], ['rulee'], ['.*'], ['^'], ['$where'], ['"'], ['\\'], ['🙈']])(
    'finds nothing by %s, and takes it for nothing but words',
    async (query) => {
      await metadata.announce({ title: 'Crème brûlée' });
      const { status, body } = await get({ query });
      expect({ status, body }).toEqual({ status: 200, body: { items: [], nextCursor: null } });
    },
  );

  it('takes a query of spaces for none', async () => {
    expect((await get({ query: '  ', limit: 3 })).body.items).toHaveLength(3);
  });

  it('follows an edit and a removal', async () => {
    const owner = newId();
    const video = await metadata.announce({ title: 'Ephemeral', ownerId: owner });
    const found = async (query: string) => (await get({ query })).body.items.map(({ id }) => id);
    expect(await found('ephemeral')).toEqual([video.id]);

    const as = viewer(owner);
    await metadata.call('PATCH', `/api/videos/${video.id}`, {
      as,
      headers: { 'if-match': '*' },
      body: { title: 'Lasting' },
    });
    expect(await found('ephemeral')).toEqual([]);
    expect(await found('lasting')).toEqual([video.id]);

    await metadata.call('DELETE', `/api/videos/${video.id}`, { as });
    expect(await found('lasting')).toEqual([]);
  });

  it('refuses a cursor of another sort or another query, and takes one of the same words', async () => {
    for (let n = 0; n < 3; n++) await metadata.announce({ title: 'Cursor test' });
    const { nextCursor } = (await get({ query: 'cursor test', limit: 1 })).body;
    const cursor = nextCursor as string;
    expectProblem(await get({ query: 'cursor test', sort: 'popular', cursor }), 400, 'cursor');
    expectProblem(await get({ query: 'cursor', cursor }), 400, 'cursor');
    expectProblem(await get({ cursor }), 400, 'cursor');
    expect((await get({ query: ' Test CURSOR', cursor })).status).toBe(200);
  });

  const forged = (position: unknown) => Buffer.from(JSON.stringify(['x', position])).toString('base64url');
  it.each([
    ['limit', 'limit=0'],
    ['limit', 'limit=101'],
    ['limit', 'limit=1.5'],
    ['limit', 'limit=many'],
    ['limit', 'limit='],
    ['limit', 'limit=1&limit=2'],
    ['limit', 'limit=%00'],
    ['sort', 'sort=oldest'],
    ['sort[$ne]', 'sort[$ne]=x'],
    ['query', `query=${'x'.repeat(201)}`],
    ['query', 'query=%00'],
    ['query', 'query=%ff'],
    ['cursor', 'cursor=../../etc/passwd'],
    ['cursor', `cursor=${'A'.repeat(5000)}`],
    ['cursor', 'cursor='],
    ['cursor', `cursor=${forged({ key: 1, id: 'x', span: 0 })}`],
    ['cursor', `cursor=${forged([])}`],
    ['offset', 'offset=10'],
  ])('refuses a wrong %s: %s', async (field, query) => {
    expectProblem(await metadata.call('GET', `/api/videos?${query}`), 400, field);
  });

  it('answers nobody who is not known, and no other method', async () => {
    expectProblem(await metadata.call('GET', '/api/videos', { as: null }), 401);
    const answer = await metadata.call('POST', '/api/videos', { body: {} });
    expectProblem(answer, 405);
    expect(answer.headers.get('allow')).toMatch(/GET/);
  });
});
