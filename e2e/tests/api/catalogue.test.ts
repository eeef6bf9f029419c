import type { Video } from '@flixtube/contracts/http/video';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { fakeClip } from '../../src/clips.ts';
import { systemUrl } from '../../src/system.ts';
import { inShort, Viewer } from '../../src/viewer.ts';

describe('the catalogue', () => {
  const publisher = new Viewer(systemUrl());
  const uploaded: Video[] = [];

  const add = async (title: string) => {
    const answer = await publisher.upload(fakeClip(2_000, uploaded.length), title);
    expect(inShort(answer)).toBe('201');
    uploaded.push(answer.body);
  };

  beforeAll(async () => {
    for (let n = 0; n < 7; n += 1) await add(`Paging ${n}`);
  });

  it.each(['newest', 'popular', 'trending'])(
    'when %s is paged through while videos are added, then none is missing or repeated',
    async (sort) => {
      const known = uploaded.map((video) => video.id);
      const first = await publisher.list({ sort, limit: '3', query: 'paging' });
      expect(first.body.items).toHaveLength(3);
      await add(`Paging ${uploaded.length}`);
      const seen = first.body.items.map((video) => video.id);
      let cursor = first.body.nextCursor;
      while (cursor !== null) {
        const page: Awaited<ReturnType<Viewer['list']>> = await publisher.list({
          sort,
          limit: '3',
          query: 'paging',
          cursor,
        });
        seen.push(...page.body.items.map((video) => video.id));
        cursor = page.body.nextCursor;
      }
      expect(new Set(seen).size).toBe(seen.length);
      expect(seen).toEqual(expect.arrayContaining(known));
    },
  );

  it('when nothing is said, then the newest come first', async () => {
    const { body } = await publisher.list({ limit: '2' });
    expect(body.items[0]?.id).toBe(uploaded.at(-1)?.id);
  });
});
