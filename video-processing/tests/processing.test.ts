import { once } from 'node:events';
import type { VideoProcessed } from '@flixtube/contracts/events/video-processed';
import type { VideoProcessingProgressed } from '@flixtube/contracts/events/video-processing-progressed';
import type { HlsTrack } from '@flixtube/contracts/hls-manifest';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ProcessingDocument, processingsCollection } from '../src/adapters/mongo-processings.ts';
import type { Plan, Probe } from '../src/domain/media.ts';
import { fakeMedia, fakePlan } from './support/fake-media.ts';
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
    const worker = await system.start();
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
    expect(manifest.audio).toMatchObject([{ name: 'audio-0', language: 'en', label: 'English', channels: 2 }]);
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
    const metrics = await (await fetch(`${worker.url}/metrics`)).text();
    const tasks = { probe: 1, piece: 3, audio: 1, pictures: 1, finish: 1 };
    for (const [task, n] of Object.entries(tasks)) {
      expect(metrics).toContain(`processing_task_duration_seconds_count{task="${task}",outcome="done"} ${n}\n`);
    }
    expect(metrics).toContain('processing_playable_seconds_count 1\n');
    expect(metrics).toContain('processing_ready_seconds_count 1\n');
    expect(metrics).toMatch(/^slots_limit\{what="encoders"\} 2$/m);
  });

  it('when its file has subtitles and chapters, then they are kept, and replaced when it is processed again', async () => {
    await system.start();
    const upload = system.store({ seconds: 5, texts: ['eng', 'ger'], chapters: 2 });
    await system.announce(upload);
    const processed = await system.probe.next<VideoProcessed>('video.processed');
    await system.idle();

    const { captions, chapters } = processed.data;
    expect(captions.map(({ language, label }) => [language, label])).toEqual([
      ['en', 'English'],
      ['de', 'Deutsch'],
    ]);
    const texts = `videos/${upload.videoId}/texts/${upload.processingId}/`;
    for (const { language, key } of captions)
      expect(key).toMatch(new RegExp(`^${texts}[0-9a-f-]{36}/${language}.vtt$`));
    expect(captions.map(({ key }) => String(system.storage.objects.get(key)))).toEqual([
      'the eng text',
      'the ger text',
    ]);
    expect(chapters).toMatch(new RegExp(`^${texts}[0-9a-f-]{36}/chapters.vtt$`));
    expect(String(system.storage.objects.get(chapters ?? ''))).toBe(
      'WEBVTT\n\n00:00:00.000 --> 00:00:01.000\nNo. 1\n\n00:00:01.000 --> 00:00:02.000\nNo. 2\n',
    );
    expect(system.storage.keys).toEqual(system.named(processed).keys);

    await system.request(upload);
    const again = await system.probe.next<VideoProcessed>('video.processed', ({ id }) => id !== processed.id);
    await system.idle();
    expect(again.data.captions).toHaveLength(2);
    expect(system.storage.keys).toEqual(system.named(again).keys);
    await system.delete(upload);
    await system.idle();
    expect(system.storage.keys).toEqual([]);
  });

  it('when it was planned by a version that knew of no texts, then it is processed without', async () => {
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const usual = fakeMedia();
    const worker = await system.start({
      media: fakeMedia({
        async encodePiece(job, signal) {
          begin();
          await once(signal, 'abort');
          return usual.encodePiece(job, signal);
        },
      }),
    });
    const upload = system.store({ seconds: 5, texts: ['eng'], chapters: 2 });
    await system.announce(upload);
    await begun;
    await worker.stop();
    const processings = processingsCollection(system.database.db);
    const { plan } = (await processings.findOne({ _id: upload.videoId })) as ProcessingDocument;
    const { texts: _, chapters: __, ...probe } = (plan as Plan).probe;
    // Nor did it know another form of pieces than a list.
    const { pieces } = fakePlan(probe as Probe);
    await processings.updateOne(
      { _id: upload.videoId },
      { $set: { plan: { ...(plan as Plan), pieces, probe: probe as Probe } }, $unset: { texts: 1 } },
    );
    await system.start();

    const { data } = await system.probe.next<VideoProcessed>('video.processed');
    await system.idle();
    expect(data).toMatchObject({ captions: [], chapters: null });
  });

  it('when it was begun by a version that knew of no texts, and is planned by this one, then they are kept', async () => {
    const upload = system.store({ seconds: 5, texts: ['eng'] });
    const usual = fakeMedia();
    const media = fakeMedia({
      async probe(source, signal) {
        await processingsCollection(system.database.db).updateOne({ _id: upload.videoId }, { $unset: { texts: 1 } });
        return usual.probe(source, signal);
      },
    });
    await system.start({ media });
    await system.announce(upload);

    const { data } = await system.probe.next<VideoProcessed>('video.processed');
    expect(data.captions).toHaveLength(1);
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
    expect(system.named(ofSound).manifest).toMatchObject({
      video: [],
      audio: [{ label: 'English' }, { label: 'Sound 2' }],
    });
    expect(ofPicture.data).toMatchObject({ durationSeconds: 3, width: 640 });
    expect(system.named(ofPicture).manifest.audio).toEqual([]);
    expect(system.storage.keys).toEqual([...system.named(ofSound).keys, ...system.named(ofPicture).keys].toSorted());
  });
});
