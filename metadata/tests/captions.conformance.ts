import { newId } from '@flixtube/chassis/ids';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { captioned, uncaptioned } from '../src/domain/captions.ts';
import { begun, reported } from '../src/domain/processing.ts';
import type { Video } from '../src/domain/video.ts';
import type { VideoRepository } from '../src/domain/video-repository.ts';
import { videoOf } from './video-repository.conformance.ts';

/** What holds for saving text tracks, in every VideoRepository. */
export function captionsConformance(
  name: string,
  create: () => Promise<{ videos: VideoRepository; close(): Promise<void> }>,
): void {
  describe(`VideoRepository, text tracks: ${name}`, () => {
    let videos: VideoRepository;
    let close: () => Promise<void>;
    beforeAll(async () => {
      ({ videos, close } = await create());
    });
    afterAll(() => close());
    const track = (language: string, key: string) => ({ language, label: language, key });
    const find = async ({ id }: Video) => (await videos.find(id)) as Video;
    /** A video whose file had English and German. */
    async function add(): Promise<Video> {
      const video = videoOf({});
      await videos.add(video);
      const processed = reported(video, {
        ...{ told: 'processed', processingId: newId(), durationSeconds: 1, width: 2, height: 2, manifest: 'm' },
        ...{ poster: null, storyboard: null, chapters: 'c', fileCaptions: [track('en', 'f-en'), track('de', 'f-de')] },
      });
      expect(await videos.saveProcessing(processed, true)).toBe(true);
      return find(video);
    }

    it('succeeds for one of many who knew the same, and leaves all else as it is', async () => {
      const video = await add();
      const saved = await Promise.all(
        Array.from({ length: 10 }, (_, n) => videos.saveCaptions(captioned(video, track('fr', `k${n}`)))),
      );
      expect(saved.filter(Boolean)).toHaveLength(1);
      expect(await find(video)).toEqual({
        ...video,
        captions: [track('fr', `k${saved.indexOf(true)}`)],
        captionsVersion: 1,
      });
    });

    it('remembers what was removed of the file, whatever processing tells meanwhile', async () => {
      const video = await add();
      expect(await videos.saveProcessing(begun(video, newId()), false)).toBe(true);
      expect(await videos.saveCaptions(uncaptioned(video, 'en'))).toBe(true);
      const found = await find(video);
      expect(found).toMatchObject({ status: 'processing', removedCaptions: ['en'], fileCaptions: video.fileCaptions });
      expect(await videos.saveProcessing(begun(video, newId()), false)).toBe(false);
      expect(await videos.saveCaptions(captioned(found, track('en', 'k')))).toBe(true);
      expect(await find(video)).toMatchObject({ removedCaptions: [], captions: [track('en', 'k')], chapters: 'c' });
    });

    it('fails for a video that was removed', async () => {
      const video = await add();
      await videos.remove(video, new Date());
      expect(await videos.saveCaptions(captioned(video, track('fr', 'k')))).toBe(false);
      expect(await videos.find(video.id)).toBeUndefined();
    });
  });
}
