import type { VideoProcessed } from '@flixtube/contracts/events/video-processed';
import type { HlsTrack } from '@flixtube/contracts/hls-manifest';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Call, Doom } from './support/doomed.ts';
import { createSystem, type System } from './support/system.ts';

let system: System;
beforeAll(async () => {
  system = await createSystem();
});
afterAll(() => system.close());

/** What a track's bytes are, put together as a player does. */
function textOf({ init, parts }: HlsTrack): string {
  const read = (key: string, start: number, length: number) =>
    String(system.storage.objects.get(key)?.subarray(start, start + length));
  const segments = parts.flatMap(({ key, segments: all }) => all.map(({ start, length }) => read(key, start, length)));
  return [read(init.key, init.start, init.length), ...segments].join('');
}

describe('a worker', () => {
  it('when it is killed after any one of its calls, then the next one comes to the same end and nothing is left over', async () => {
    const killedAt: Call[] = [];
    let usual: unknown;
    // The first worker lives, and shows what there is to be killed at.
    let calls: Call[] = [];
    for (let n = 0; n === 0 || n <= calls.length; n += 1) {
      const last = calls[n - 1];
      const upload = system.store({ seconds: 9, texts: ['en'], chapters: 1 });
      const { promise: killed, resolve: kill } = Promise.withResolvers<void>();
      let cut = () => {};
      const doom = new Doom(last, () => {
        cut();
        kill();
      });
      const { service, broker } = await system.startOnProxy(
        { around: doom.around },
        { PROCESSING_CONCURRENCY: '1', PROCESSING_WINDOW: '1' },
      );
      cut = () => broker.refuse();
      await system.announce(upload);
      const isDone = system.probe.next<VideoProcessed>(
        'video.processed',
        ({ data }) => data.videoId === upload.videoId,
        60_000,
      );
      const outcome = await Promise.race([
        killed.then(() => 'killed'),
        isDone.then(() => system.idle()).then(() => 'done'),
      ]);
      void service.stop({ hasten: true });
      if (outcome === 'killed') {
        killedAt.push(last as Call);
        const next = await system.start({}, { PROCESSING_WINDOW: '1' });
        await isDone;
        await system.idle();
        void next.stop({ hasten: true });
      }

      const done = system.probe
        .published<VideoProcessed>('video.processed')
        .filter(({ data }) => data.videoId === upload.videoId);
      // The relay may be killed between publishing and noting that: then the same event comes again.
      expect(new Set(done.map(({ id }) => id)).size).toBe(1);
      const { manifest, keys } = system.named(await isDone);
      expect({ last, keys: system.storage.keys }).toEqual({ last, keys });
      const result = { objects: keys.length, tracks: [...manifest.video, ...manifest.audio].map(textOf) };
      usual ??= result;
      expect(result).toEqual(usual);
      expect(system.probe.deadLetters()).toEqual([]);
      system.storage.objects.clear();
      if (n === 0) calls = doom.calls;
    }
    expect(killedAt.length).toBeGreaterThan(50);
    // All that a processing does was cut off at least once.
    expect(new Set(killedAt.map(({ name }) => name))).toEqual(
      new Set([
        ...['find', 'begin', 'start', 'probe', 'plan', 'encodePiece', 'put', 'commit', 'addPiece', 'queue', 'announce'],
        ...[
          'addSound',
          'drawPictures',
          'addPictures',
          'extractTexts',
          'addTexts',
          'finish',
          'done',
          'attempts',
          'removeFolder',
          'forget',
        ],
      ]),
    );
  }, 600_000);
});
