import { newId } from '@flixtube/chassis/ids';
import { describe, expect, it } from '@jest/globals';
import { createCatalogue } from '../src/domain/catalogue.ts';
import { weightOfView } from '../src/domain/trending.ts';
import { memoryVideos } from './memory-videos.ts';
import { uploadOf } from './support.ts';

const announcement = () => ({ ...uploadOf(), createdAt: new Date() });

describe('the catalogue', () => {
  it('tries a change again that another one has forestalled, and gives up in the end', async () => {
    const memory = memoryVideos();
    let refusals = 0;
    const videos = { ...memory, saveEdit: async (video: never) => refusals-- <= 0 && memory.saveEdit(video) };
    const catalogue = createCatalogue({ videos });
    const { videoId, ownerId } = await catalogue.announce(announcement()).then(async (video) => ({
      videoId: video?.id as string,
      ownerId: video?.ownerId as string,
    }));
    refusals = 9;
    await expect(catalogue.edit(videoId, ownerId, { title: 'x' }, 'any')).resolves.toMatchObject({ title: 'x' });
    refusals = 10;
    await expect(catalogue.edit(videoId, ownerId, { title: 'y' }, 'any')).rejects.toMatchObject({ kind: 'conflict' });
  });

  it('remembers a removed video for 90 days, in which nothing brings it back', async () => {
    let now = new Date('2026-01-01');
    const catalogue = createCatalogue({ videos: memoryVideos(), now: () => now });
    const given = announcement();
    await catalogue.announce(given);
    await catalogue.remove(given.videoId, given.ownerId, undefined);

    now = new Date('2026-03-31');
    expect(await catalogue.forgetRemoved()).toBe(0);
    expect(await catalogue.announce(given)).toBeUndefined();

    now = new Date('2026-04-02');
    expect(await catalogue.forgetRemoved()).toBe(1);
    expect(await catalogue.announce(given)).toBeDefined();
  });

  it('finds nothing by a query without a word', async () => {
    const catalogue = createCatalogue({ videos: memoryVideos() });
    await catalogue.announce(announcement());
    expect(await catalogue.list({ query: '…', sort: 'newest', limit: 1 })).toEqual({ videos: [], next: undefined });
  });
});

describe('the weight of a view', () => {
  const now = new Date('2026-06-01');

  it('halves every two days', () => {
    const ratio = weightOfView(now, now) / weightOfView(new Date('2026-05-30'), now);
    expect(ratio).toBeCloseTo(2, 9);
  });

  it('is that of now for a view that claims to come from the future', () => {
    expect(weightOfView(new Date('2030-01-01'), now)).toBe(weightOfView(now, now));
  });

  it('leaves room for millions of views of one video until the end of 2036', () => {
    const late = new Date('2036-11-30');
    expect(weightOfView(late, late) * 8e6).toBeLessThan(Number.MAX_VALUE);
    expect(weightOfView(new Date('2026-01-01'), now)).toBeGreaterThan(Number.MIN_VALUE * 2 ** 60);
  });

  it('adds up in any order', () => {
    const times = Array.from({ length: 50 }, () => new Date(now.getTime() - Math.random() * 1e9));
    const sum = (all: Date[]) => all.reduce((total, time) => total + weightOfView(time, now), 0);
    expect(sum(times) / sum(times.toReversed())).toBeCloseTo(1, 12);
  });
});

it('ids that no video has are told from those of removed ones', async () => {
  const catalogue = createCatalogue({ videos: memoryVideos() });
  const given = announcement();
  await catalogue.announce(given);
  await catalogue.remove(given.videoId, given.ownerId, 'any');
  const view = (videoId: string) => ({ eventId: newId(), videoId, time: new Date() });
  await expect(catalogue.countViews([view(given.videoId)])).resolves.toBeUndefined();
  await expect(catalogue.countViews([view(newId())])).rejects.toMatchObject({ kind: 'not-found' });
});
