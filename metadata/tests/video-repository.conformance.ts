import { newId } from '@flixtube/chassis/ids';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { queryTermsOf } from '../src/domain/folding.ts';
import { begun } from '../src/domain/processing.ts';
import { weightOfView } from '../src/domain/trending.ts';
import { type Announcement, announced, edited, type Video } from '../src/domain/video.ts';
import type { Sort, VideoRepository } from '../src/domain/video-repository.ts';

/** What holds for every VideoRepository. Each call of `create` gives an empty one. */
export function videoRepositoryConformance(
  name: string,
  create: () => Promise<{ videos: VideoRepository; close(): Promise<void> }>,
): void {
  describe(`VideoRepository: ${name}`, () => {
    let videos: VideoRepository;
    let close: () => Promise<void>;
    const useFresh = () => {
      beforeAll(async () => {
        ({ videos, close } = await create());
      });
      afterAll(() => close());
    };

    const add = async (given: Partial<Announcement> = {}): Promise<Video> => {
      const video = videoOf(given);
      await videos.add(video);
      return video;
    };

    describe('adding', () => {
      useFresh();

      it('makes a video that is found as it was given', async () => {
        const video = await add({ title: 'Ünïcödé', description: 'with\nlines' });
        expect(await videos.find(video.id)).toEqual(video);
      });

      it('does nothing when there is one with this id', async () => {
        const video = await add({ title: 'First' });
        await videos.add({ ...video, title: 'Second' });
        expect(await videos.find(video.id)).toMatchObject({ title: 'First' });
      });

      it('makes one video of many attempts at once', async () => {
        const attempts = Array.from({ length: 10 }, (_, n) => videoOf({ videoId: '', title: `${n}` }));
        const id = newId();
        await Promise.all(attempts.map((video) => videos.add({ ...video, id })));
        expect(await videos.findAll([id])).toHaveLength(1);
      });

      it('does not bring back what was removed', async () => {
        const video = await add();
        await videos.remove(video, new Date());
        await videos.add(video);
        expect(await videos.find(video.id)).toBeUndefined();
        expect(await videos.findAll([video.id])).toEqual([]);
      });

      it('finds all that are there of many ids', async () => {
        const [one, two] = [await add(), await add()];
        const found = await videos.findAll([two.id, newId(), one.id]);
        expect(found.map(({ id }) => id).sort()).toEqual([one.id, two.id].sort());
        expect(await videos.findAll([])).toEqual([]);
      });
    });

    describe('saving an edit', () => {
      useFresh();

      it('succeeds for one of many who edit the same version', async () => {
        const video = await add();
        const saved = await Promise.all(
          Array.from({ length: 10 }, (_, n) => videos.saveEdit(edited(video, { title: `Title ${n}` }))),
        );
        expect(saved.filter(Boolean)).toHaveLength(1);
        expect(await videos.find(video.id)).toMatchObject({ title: `Title ${saved.indexOf(true)}`, version: 2 });
      });

      it('leaves what is no edit as it is, such as views counted meanwhile', async () => {
        const video = await add();
        await videos.countViews([{ videoId: video.id, views: [{ eventId: newId(), weight: 1 }] }]);
        await videos.saveEdit(edited(video, { title: 'New' }));
        expect(await videos.find(video.id)).toMatchObject({ title: 'New', viewCount: 1 });
      });

      it('fails for a video that was removed', async () => {
        const video = await add();
        await videos.remove(video, new Date());
        expect(await videos.saveEdit(edited(video, { title: 'New' }))).toBe(false);
        expect(await videos.find(video.id)).toBeUndefined();
      });
    });

    describe('saving what processing changed', () => {
      useFresh();

      it('succeeds for one of many who knew the same, and leaves what the owner and viewers change', async () => {
        const video = await add();
        await videos.saveEdit(edited(video, { title: 'New' }));
        await videos.countViews([{ videoId: video.id, views: [{ eventId: newId(), weight: 1 }] }]);
        const saved = await Promise.all(
          Array.from({ length: 10 }, () => videos.saveProcessing({ ...begun(video, newId()), progress: 0.5 }, true)),
        );
        expect(saved.filter(Boolean)).toHaveLength(1);
        const found = await videos.find(video.id);
        expect(found).toMatchObject({ title: 'New', version: 2, viewCount: 1, progress: 0.5, processingVersion: 1 });
        expect(await videos.requestProcessing(begun(found as Video, newId()))).toBe(true);
        expect(await videos.saveProcessing(begun(found as Video, newId()), false)).toBe(false);
      });

      it('fails for a video that was removed, which is remembered', async () => {
        const video = await add();
        expect(await videos.wasRemoved(video.id)).toBe(false);
        await videos.remove(video, new Date());
        expect(await videos.saveProcessing(begun(video, newId()), true)).toBe(false);
        expect(await videos.wasRemoved(video.id)).toBe(true);
        expect(await videos.wasRemoved(newId())).toBe(false);
      });
    });

    describe('removing', () => {
      useFresh();

      it('succeeds once, and only for the version that is there', async () => {
        const video = await add();
        expect(await videos.remove({ ...video, version: 7 }, new Date())).toBe(false);
        expect(await videos.find(video.id)).toEqual(video);
        expect(await videos.remove(video, new Date())).toBe(true);
        expect(await videos.remove(video, new Date())).toBe(false);
      });

      it('is forgotten after a while, and not before', async () => {
        const [early, late] = [await add(), await add()];
        await videos.remove(early, new Date('2026-01-01'));
        await videos.remove(late, new Date('2026-03-01'));
        await videos.forgetRemoved(new Date('2026-02-01'));
        await videos.add(early);
        await videos.add(late);
        expect(await videos.find(early.id)).toBeDefined();
        expect(await videos.find(late.id)).toBeUndefined();
      });
    });

    describe('counting views', () => {
      useFresh();

      const views = (...ids: string[]) => ids.map((eventId) => ({ eventId, weight: 1 }));

      it('counts each event once, however it is told again', async () => {
        await fc.assert(
          fc.asyncProperty(
            fc.array(fc.array(fc.nat(12), { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 8 }),
            fc.boolean(),
            async (batches, atOnce) => {
              const [one, two] = [await add(), await add()];
              const ids = Array.from({ length: 13 }, () => newId());
              const tell = (batch: number[]) => {
                const unique = [...new Set(batch)].map((n) => ids[n] as string);
                return videos.countViews([
                  { videoId: one.id, views: views(...unique) },
                  { videoId: two.id, views: views(...unique.slice(0, 1).map((id) => `${id} of two`)) },
                ]);
              };
              if (atOnce) await Promise.all(batches.map(tell));
              else for (const batch of batches) await tell(batch);
              expect(await videos.find(one.id)).toMatchObject({ viewCount: new Set(batches.flat()).size });
              expect(await videos.find(two.id)).toMatchObject({ viewCount: new Set(batches.map(([n]) => n)).size });
            },
          ),
          { numRuns: 15 },
        );
      }, 60_000);

      it('tells which videos were never there, and counts the others', async () => {
        const [known, removed] = [await add(), await add()];
        await videos.remove(removed, new Date());
        const unknown = newId();
        expect(
          await videos.countViews(
            [unknown, removed.id, known.id].map((videoId) => ({ videoId, views: views(newId()) })),
          ),
        ).toEqual([unknown]);
        expect(await videos.find(known.id)).toMatchObject({ viewCount: 1 });
        expect(await videos.find(removed.id)).toBeUndefined();
      });

      it('counts thousands, and still knows the last thousand', async () => {
        const { id: videoId } = await add();
        const events = Array.from({ length: 4_500 }, () => newId());
        for (let n = 0; n < events.length; n += 300) {
          await videos.countViews([{ videoId, views: views(...events.slice(n, n + 300)) }]);
        }
        await videos.countViews([{ videoId, views: views(...events.slice(-1_000)) }]);
        expect(await videos.find(videoId)).toMatchObject({ viewCount: 4_500 });
      });
    });

    describe('a list', () => {
      useFresh();

      const sorts: Sort[] = ['newest', 'popular', 'trending'];
      // A word of its own keeps each test's videos apart from the others'.
      const word = () => newId().replaceAll('-', '').slice(-12);

      const readAll = async (
        query: { sort: Sort; terms: string[]; limit: number },
        between: () => Promise<unknown>,
      ) => {
        const ids: string[] = [];
        let after: Awaited<ReturnType<VideoRepository['list']>>['next'];
        do {
          const page = await videos.list({ ...query, after });
          expect(page.videos.length).toBeLessThanOrEqual(query.limit);
          if (page.next !== undefined) expect(page.videos).toHaveLength(query.limit);
          ids.push(...page.videos.map(({ id }) => id));
          after = page.next;
          if (after !== undefined) await between();
        } while (after !== undefined);
        return ids;
      };

      it.each(sorts)(
        'by %s is complete and free of repeats while videos are added, in pages of any size',
        async (sort) => {
          await fc.assert(
            fc.asyncProperty(
              // Ages in milliseconds, with many alike; views; how many videos are added while paging.
              fc.array(
                fc.record({ age: fc.constantFrom(0, 1, 2, 1e3, 1e6, 1e9, 1e10), views: fc.constantFrom(0, 0, 1, 3) }),
                {
                  minLength: 1,
                  maxLength: 14,
                },
              ),
              fc.integer({ min: 1, max: 5 }),
              fc.nat(2),
              async (given, limit, added) => {
                const title = word();
                const now = Date.UTC(2026, 5, 1);
                const videosThere: Video[] = [];
                for (const { age, views } of given) {
                  const video = await add({ title, createdAt: new Date(now - age) });
                  const eventIds = Array.from({ length: views }, () => newId());
                  await videos.countViews([
                    {
                      videoId: video.id,
                      views: eventIds.map((eventId) => ({
                        eventId,
                        weight: weightOfView(video.createdAt, new Date()),
                      })),
                    },
                  ]);
                  videosThere.push(video);
                }
                const read = await readAll({ sort, terms: queryTermsOf(title) ?? [], limit }, async () => {
                  for (let n = 0; n < added; n++) {
                    await add({ title, createdAt: new Date(now - 500 * n) });
                    await add({ title, createdAt: new Date(now + 1_000) });
                  }
                });
                expect(new Set(read).size).toBe(read.length);
                expect(videosThere.filter(({ id }) => !read.includes(id))).toEqual([]);
              },
            ),
            { numRuns: 6 },
          );
        },
        120_000,
      );

      it('is in order: of creation; of views, and then of creation; of what trends', async () => {
        const title = word();
        const day = 24 * 3600 * 1000;
        const now = Date.UTC(2026, 5, 30);
        const make = async (ageInDays: number, viewAgesInDays: number[]) => {
          const video = await add({ title, createdAt: new Date(now - ageInDays * day) });
          const counted = viewAgesInDays.map((age) => ({
            eventId: newId(),
            weight: weightOfView(new Date(now - age * day), new Date(now)),
          }));
          if (counted.length > 0) await videos.countViews([{ videoId: video.id, views: counted }]);
          return video.id;
        };
        const classic = await make(20, [18, 18, 18, 18]);
        const hit = await make(10, [1, 0]);
        const unseen = await make(5, []);
        const unseenToo = await make(30, []);
        const recent = await make(2, [2]);
        const listed = async (sort: Sort) =>
          readAll({ sort, terms: queryTermsOf(title) ?? [], limit: 2 }, async () => {});
        expect(await listed('newest')).toEqual([recent, unseen, hit, classic, unseenToo]);
        expect(await listed('popular')).toEqual([classic, hit, recent, unseen, unseenToo]);
        expect(await listed('trending')).toEqual([hit, recent, unseen, classic, unseenToo]);
      });

      it('has only public videos, and follows their visibility and title', async () => {
        const title = word();
        const video = await add({ title });
        await add({ title, visibility: 'unlisted' });
        await add({ title, visibility: 'private' });
        const found = async (text: string) =>
          readAll({ sort: 'newest', terms: queryTermsOf(text) ?? [], limit: 10 }, async () => {});
        expect(await found(title)).toEqual([video.id]);

        const hidden = edited(video, { visibility: 'unlisted' });
        await videos.saveEdit(hidden);
        expect(await found(title)).toEqual([]);

        const other = word();
        const shown = edited(hidden, { visibility: 'public', title: other });
        await videos.saveEdit(shown);
        expect(await found(title)).toEqual([]);
        expect(await found(other)).toEqual([video.id]);

        await videos.remove(shown, new Date());
        expect(await found(other)).toEqual([]);
      });

      it('has those that have all terms', async () => {
        const [a, b] = [word(), word()];
        const both = await add({ title: `${a} ${b}` });
        await add({ title: a });
        await add({ title: b });
        const page = await videos.list({ sort: 'newest', terms: [a, b], after: undefined, limit: 10 });
        expect(page.videos.map(({ id }) => id)).toEqual([both.id]);
        expect(page.next).toBeUndefined();
      });

      it('of the whole catalogue has all that is public', async () => {
        const video = await add({ createdAt: new Date('2030-01-01') });
        const page = await videos.list({ sort: 'newest', terms: undefined, after: undefined, limit: 1 });
        expect(page.videos.map(({ id }) => id)).toEqual([video.id]);
        expect(page.next).toBeDefined();
      });
    });
  });
}

/** A video as it is when it was announced, of an owner of its own unless said. */
export function videoOf(given: Partial<Announcement>): Video {
  const videoId = given.videoId ?? newId();
  return announced({
    videoId,
    ownerId: newId(),
    title: 'A title',
    description: '',
    visibility: 'public',
    source: { key: `videos/${videoId}/source`, contentType: 'video/mp4', sizeBytes: 1, sha256: '0'.repeat(64) },
    createdAt: new Date(),
    ...given,
  });
}
