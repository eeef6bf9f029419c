import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId } from '@flixtube/chassis/ids';
import { newEvent } from '@flixtube/chassis/messaging';
import { videoProcessed } from '@flixtube/contracts/events/video-processed';
import type { Video } from '@flixtube/contracts/http/video';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, type Metadata, startMetadata, viewer } from './support.ts';

let folder: string;
let metadata: Metadata;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flixtube-flags-'));
  metadata = await startMetadata({ flagsFile: join(folder, 'flags.json') });
}, 120_000);
afterAll(async () => {
  await metadata.close();
  await rm(folder, { recursive: true });
});

async function turn(flags: object): Promise<void> {
  await writeFile(join(folder, 'new'), JSON.stringify(flags));
  await rename(join(folder, 'new'), join(folder, 'flags.json'));
}

describe('the flag adaptive-playback', () => {
  it('is on for everyone, is turned off while the service runs, and on again for a share of viewers', async () => {
    const { id } = await metadata.announce();
    const data = {
      ...{ videoId: id, processingId: newId(), durationSeconds: 2, width: 640, height: 360, renditions: [] },
      ...{ manifest: 'a-manifest', poster: null, storyboard: null, captions: [], chapters: null },
    };
    await metadata.probe.publish(newEvent(videoProcessed, { source: 'video-processing', subject: id, data }));
    const hls = `/api/videos/${id}/hls/main.m3u8`;
    const ask = (viewerId: string) => metadata.call<Video>('GET', `/api/videos/${id}`, { as: viewer(viewerId) });
    const viewers = Array.from({ length: 40 }, () => newId());
    const led = async () => {
      const answers = await Promise.all(viewers.map(ask));
      return viewers.filter((_, n) => answers[n]?.body.links.hls === hls);
    };
    await eventually(async () => expect(await led()).toEqual(viewers));
    const before = await ask(viewers[0] as string);

    await turn({ 'adaptive-playback': false });
    await eventually(async () => expect(await led()).toEqual([]));
    const after = await ask(viewers[0] as string);
    expect(after.body.links).toEqual({ ...before.body.links, hls: null });
    // Another representation: nobody is told that theirs is still fresh.
    expect(after.headers.get('etag')).not.toBe(before.headers.get('etag'));

    await turn({ 'adaptive-playback': 50 });
    const some = await eventually(async () => {
      const found = await led();
      expect(found.length).toBeGreaterThan(0);
      // The flag may have been turned between two of these answers.
      expect(await led()).toEqual(found);
      return found;
    });
    expect(some.length).toBeLessThan(viewers.length);
  }, 60_000);
});
