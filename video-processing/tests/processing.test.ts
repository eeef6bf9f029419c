import type { VideoProcessed } from '@flixtube/contracts/events/video-processed';
import type { VideoProcessingProgressed } from '@flixtube/contracts/events/video-processing-progressed';
import type { HlsTrack } from '@flixtube/contracts/hls-manifest';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createSystem, type System } from './support/system.ts';

let system: System;
beforeEach(async () => {
  system = await createSystem();
});
afterEach(() => system.close());

/** The bytes of a track as a player puts them together. */
function bytesOf({ init, parts }: HlsTrack): string {
  const read = (key: string, start: number, length: number) =>
    String(system.storage.objects.get(key)?.subarray(start, start + length));
  const segments = parts.flatMap(({ key, segments: all }) => all.map(({ start, length }) => read(key, start, length)));
  return [read(init.key, init.start, init.length), ...segments].join('');
}

describe('a video', () => {
  it('when it is uploaded, then it is processed: events, manifest and objects are as they should be, and nothing else is left', async () => {
    await system.start();
    const upload = system.store({ seconds: 21 });
    const { videoId, processingId } = upload;
    await system.announce(upload);

    const processed = await system.probe.next<VideoProcessed>('video.processed');
    await system.idle();

    expect(processed.subject).toBe(videoId);
    expect(processed.data).toMatchObject({
      videoId,
      processingId,
      durationSeconds: 21,
      width: 640,
      height: 360,
      renditions: [
        { name: '240p', width: 426, height: 240 },
        { name: '360p', width: 640, height: 360 },
      ],
    });
    const { manifest, keys } = system.named(processed);
    expect(system.storage.keys).toEqual(keys);
    expect(manifest).toMatchObject({ processingId, complete: true });
    expect(manifest.video.map(({ name, frameRate }) => [name, frameRate])).toEqual([
      ['240p', 25],
      ['360p', 25],
    ]);
    expect(manifest.audio).toMatchObject([{ name: 'audio-0', language: 'en', label: 'en', channels: 2 }]);
    expect(manifest.video.map(bytesOf)).toEqual([
      '<240p>240p/0.0;240p/1.0;240p/1.1;240p/2.0;240p/2.1;240p/2.2;',
      '<360p>360p/0.0;360p/1.0;360p/1.1;360p/2.0;360p/2.1;360p/2.2;',
    ]);
    expect(manifest.audio.map(bytesOf)).toEqual([
      '<audio-0>audio-0/0.0;audio-0/0.1;audio-0/0.2;audio-0/0.3;audio-0/0.4;' +
        'audio-0/1.0;audio-0/1.1;audio-0/1.2;audio-0/1.3;audio-0/1.4;audio-0/2.0;',
    ]);
    expect(String(system.storage.objects.get(processed.data.poster?.key ?? ''))).toBe('the poster');
    const { storyboard } = processed.data;
    expect(String(system.storage.objects.get(storyboard?.vtt ?? ''))).toBe(`WEBVTT storyboard/${processingId}/0.jpg`);
    expect(storyboard?.sprites.map((key) => String(system.storage.objects.get(key)))).toEqual(['the sprite']);
    expect(system.probe.deadLetters()).toEqual([]);
  });

  it('while it is processed, then its progress only grows, and is playable from the first manifest on', async () => {
    const manifests = new Map<string, string>();
    system.storage.beforePut = (key) => {
      if (key.endsWith('manifest.json')) manifests.set(key, '');
    };
    await system.start({}, { PROCESSING_CONCURRENCY: '1' });
    const upload = system.store({ seconds: 61 });
    await system.announce(upload);

    await system.probe.next('video.processed');
    const all = system.probe
      .published<VideoProcessingProgressed>('video.processing-progressed')
      .map(({ data }) => data);

    expect(all.length).toBeGreaterThan(3);
    expect(all.map(({ fraction }) => fraction)).toEqual(all.map(({ fraction }) => fraction).toSorted((a, b) => a - b));
    expect(all.at(-1)?.fraction).toBeLessThan(1);
    for (const { playable, manifest } of all) expect(playable).toBe(manifest !== null);
    expect(all.find(({ playable }) => playable)).toBeDefined();
    for (const { manifest } of all) if (manifest !== null) expect(manifests.has(manifest)).toBe(true);
  });

  it('when it has sound alone, or picture alone, then that is processed', async () => {
    await system.start();
    const sound = system.store({ seconds: 15, picture: false, sound: 2 });
    const picture = system.store({ seconds: 3, sound: 0 });
    await system.announce(sound);
    await system.announce(picture);

    const ofSound = await system.probe.next<VideoProcessed>(
      'video.processed',
      ({ data }) => data.videoId === sound.videoId,
    );
    const ofPicture = await system.probe.next<VideoProcessed>(
      'video.processed',
      ({ data }) => data.videoId === picture.videoId,
    );
    await system.idle();

    expect(ofSound.data).toMatchObject({
      durationSeconds: 15,
      width: null,
      renditions: [],
      poster: null,
      storyboard: null,
    });
    expect(system.named(ofSound).manifest).toMatchObject({ video: [], audio: [{ label: 'en' }, { label: 'Sound 2' }] });
    expect(ofPicture.data).toMatchObject({ durationSeconds: 3, width: 640 });
    expect(system.named(ofPicture).manifest.audio).toEqual([]);
    expect(system.storage.keys).toEqual([...system.named(ofSound).keys, ...system.named(ofPicture).keys].toSorted());
  });
});
