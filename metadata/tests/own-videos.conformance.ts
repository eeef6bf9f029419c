import { newId } from '@flixtube/chassis/ids';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Announcement, Video } from '../src/domain/video.ts';
import type { VideoRepository } from '../src/domain/video-repository.ts';
import { videoOf } from './video-repository.conformance.ts';

/** What holds for the list of somebody's own videos, in every VideoRepository. */
export function ownVideosConformance(
  name: string,
  create: () => Promise<{ videos: VideoRepository; close(): Promise<void> }>,
): void {
  describe(`VideoRepository, somebody's own: ${name}`, () => {
    let videos: VideoRepository;
    let close: () => Promise<void>;
    beforeAll(async () => {
      ({ videos, close } = await create());
    });
    afterAll(() => close());
    const add = async (given: Partial<Announcement>): Promise<Video> => {
      const video = videoOf(given);
      await videos.add(video);
      return video;
    };

    it('has all of theirs in pages of any size, newest first, and is empty for who has none', async () => {
      const ownerId = newId();
      const now = Date.UTC(2026, 5, 1);
      const own: Video[] = [];
      for (const age of [0, 5, 5, 5, 1, 9e9]) {
        const visibility = own.length % 2 === 0 ? 'private' : 'public';
        own.push(await add({ ownerId, visibility, createdAt: new Date(now - age) }));
        await add({ createdAt: new Date(now - age) });
      }
      const inOrder = own.toSorted((a, b) => +b.createdAt - +a.createdAt || (a.id < b.id ? 1 : -1));
      for (const limit of [1, 2, 3, 6]) {
        const read: Video[] = [];
        let after: Awaited<ReturnType<VideoRepository['listOwn']>>['next'];
        do {
          const page = await videos.listOwn({ ownerId, after, limit });
          if (page.next !== undefined) expect(page.videos).toHaveLength(limit);
          read.push(...page.videos);
          after = page.next;
        } while (after !== undefined);
        expect(read).toEqual(inOrder);
      }
      expect(await videos.listOwn({ ownerId: newId(), after: undefined, limit: 1 })).toEqual({ videos: [] });
      await videos.remove(inOrder[0] as Video, new Date());
      const { videos: left } = await videos.listOwn({ ownerId, after: undefined, limit: 10 });
      expect(left).toEqual(inOrder.slice(1));
    });
  });
}
