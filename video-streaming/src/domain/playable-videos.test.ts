import { DomainError } from '@flixtube/chassis/errors';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { PlayableVideo } from './playable-video.ts';
import { PlayableVideos } from './playable-videos.ts';

const video: PlayableVideo = {
  id: '0199b1f2-8c3a-7d44-9a51-3f0f6c6a1b2e',
  ownerId: 'owner',
  visibility: 'public',
  source: { key: 'k', contentType: 'video/mp4', sizeBytes: 1, sha256: 'a' },
  manifest: null,
  poster: null,
  storyboard: null,
  captions: [],
  chapters: null,
};

describe('playable videos', () => {
  let asked: number;
  let answer: () => Promise<PlayableVideo | undefined>;
  let hears: boolean;
  let videos: PlayableVideos;

  beforeEach(() => {
    jest.useFakeTimers();
    asked = 0;
    hears = true;
    answer = async () => video;
    const find = () => {
      asked += 1;
      return answer();
    };
    videos = new PlayableVideos({ catalogue: { find }, hearsChanges: () => hears });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  const find = () => videos.find(video.id, 'viewer');
  const down = async () => {
    throw new DomainError('unavailable', 'down');
  };

  it('are asked for once, and again after 30 s', async () => {
    await find();
    jest.advanceTimersByTime(29_999);
    await find();
    expect(asked).toBe(1);
    jest.advanceTimersByTime(1);
    await find();
    expect(asked).toBe(2);
  });

  it('are asked for each time, while changes would not be heard', async () => {
    hears = false;
    await find();
    await find();
    expect(asked).toBe(2);
  });

  it('are not kept by an answer that was on its way when the video changed', async () => {
    const late = Promise.withResolvers<PlayableVideo>();
    answer = () => late.promise;
    const first = find();
    videos.forget(video.id);
    answer = async () => ({ ...video, visibility: 'private' });
    await expect(find()).rejects.toMatchObject({ kind: 'not-found' });
    late.resolve(video);
    await first;
    await expect(find()).rejects.toMatchObject({ kind: 'not-found' });
  });

  it('serve for 10 minutes when the catalogue is down', async () => {
    await find();
    answer = down;
    jest.advanceTimersByTime(599_999);
    expect(await find()).toBe(video);
    jest.advanceTimersByTime(1);
    await expect(find()).rejects.toMatchObject({ kind: 'unavailable' });
  });

  it('do not serve on old knowledge when they are private, or known to be gone', async () => {
    answer = async () => ({ ...video, visibility: 'private', ownerId: 'viewer' });
    await find();
    answer = down;
    jest.advanceTimersByTime(30_000);
    await expect(find()).rejects.toMatchObject({ kind: 'unavailable' });
    answer = async () => undefined;
    await expect(find()).rejects.toMatchObject({ kind: 'not-found' });
    answer = down;
    await expect(find()).rejects.toMatchObject({ kind: 'unavailable' });
  });
});
