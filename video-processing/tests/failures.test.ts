import { once } from 'node:events';
import { newId } from '@flixtube/chassis/ids';
import { newEvent } from '@flixtube/chassis/messaging';
import type { VideoProcessed } from '@flixtube/contracts/events/video-processed';
import type { VideoProcessingFailed } from '@flixtube/contracts/events/video-processing-failed';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { type Media, MediaFailure } from '../src/domain/media.ts';
import { fakeMedia } from './support/fake-media.ts';
import { createSystem, eventually, type System } from './support/system.ts';

let system: System;
beforeEach(async () => {
  system = await createSystem();
});
afterEach(() => system.close());

/** Fake encoders of which the one of pieces does so, before its own work or in its place. */
function withPieces(before: (index: number, signal: AbortSignal) => Promise<void>): Media {
  const usual = fakeMedia();
  return fakeMedia({
    async encodePiece(job, signal) {
      await before(job.piece.index, signal);
      return usual.encodePiece(job, signal);
    },
  });
}

const aborted = (signal: AbortSignal) =>
  signal.aborted ? Promise.reject(signal.reason) : once(signal, 'abort').then(() => Promise.reject(signal.reason));

describe('a task', () => {
  it('when it fails twice and may go otherwise, then it is tried again and the video is processed', async () => {
    let failures = 0;
    const media = withPieces(async (index) => {
      if (index !== 1 || failures === 2) return;
      failures += 1;
      throw new MediaFailure('internal', 'The encoder stalled.');
    });
    await system.start({ media });
    await system.announce(system.store());

    const processed = await system.probe.next<VideoProcessed>('video.processed');
    await system.idle();

    expect(failures).toBe(2);
    expect(system.storage.keys).toEqual(system.named(processed).keys);
  });

  it('when it fails three times, then the processing fails for good, said once, and nothing but the upload is left', async () => {
    let tries = 0;
    const media = withPieces(async (index) => {
      if (index !== 2) return;
      tries += 1;
      throw new MediaFailure('internal', 'The encoder stalled.');
    });
    await system.start({ media });
    const upload = system.store({ seconds: 61 });
    await system.announce(upload);

    const { data } = await system.probe.next<VideoProcessingFailed>('video.processing-failed');
    await system.idle();

    const { videoId, processingId } = upload;
    expect(data).toEqual({ videoId, processingId, kind: 'internal', detail: 'The encoder stalled.', retriable: true });
    expect(tries).toBe(3);
    expect(system.storage.keys).toEqual([upload.source.key]);
    expect(system.probe.published('video.processing-failed')).toHaveLength(1);
    expect(system.probe.deadLetters()).toEqual([]);
  });

  it('when the file cannot be read at all, then it is tried no more and its publisher is told why', async () => {
    let tries = 0;
    const probe = async () => {
      tries += 1;
      throw new MediaFailure('unreadable', 'This is no video.');
    };
    const service = await system.start({ media: fakeMedia({ probe }) });
    await system.announce(system.store());

    const { data } = await system.probe.next<VideoProcessingFailed>('video.processing-failed');

    expect(data).toMatchObject({ kind: 'unreadable', detail: 'This is no video.', retriable: false });
    expect(tries).toBe(1);
    // Nobody is to be woken by a file that is no video.
    const metricsOf = async () => (await fetch(`${service.url}/metrics`)).text();
    const refused = 'processing_task_duration_seconds_count{task="probe",outcome="refused"} 1\n';
    const metrics = await eventually(metricsOf, (text) => text.includes(refused));
    expect(metrics).not.toMatch(/processing_task_\w+\{[^}]*outcome="(failed|retried)"/);
    expect(metrics).toContain('processing_failures_total{kind="unreadable"} 1\n');
    expect(metrics).toContain('processing_failures_total{kind="internal"} 0\n');
  });

  it('when it is of a kind that only a newer version knows, then it is left to a worker of that, and others are done', async () => {
    const service = await system.start();
    const upload = system.store();
    const { videoId, processingId } = upload;
    const data = { videoId, processingId, kind: 'of-a-newer-version', index: 0 };
    const contract = { type: 'video-processing.tasks', data: z.object({}).loose() };
    const task = newEvent(contract, { source: 'video-processing', subject: videoId, data });
    for (let count = 0; count < 3; count += 1) await system.probe.publish({ ...task, id: newId() });
    await system.announce(upload);

    await system.probe.next<VideoProcessed>('video.processed');
    await service.stop();

    expect(system.probe.deadLetters()).toEqual([]);
    expect(await system.vhost.queueDepth('video-processing.tasks')).toBe(3);
  }, 60_000);

  it('when what was uploaded is no longer there, then that is said, whatever the encoder makes of it', async () => {
    await system.start();
    const upload = system.store();
    system.storage.objects.clear();
    await system.announce(upload);

    const { data } = await system.probe.next<VideoProcessingFailed>('video.processing-failed');

    expect(data).toMatchObject({ kind: 'internal', retriable: false });
    expect(data.detail).toContain('no longer there');
  });

  it('when not one frame or sample comes out, then that is a failure', async () => {
    await system.start({ media: fakeMedia({ encodePiece: async () => [] }) });
    await system.announce(system.store({ sound: 0 }));

    const { data } = await system.probe.next<VideoProcessingFailed>('video.processing-failed');

    expect(data).toMatchObject({ kind: 'unreadable', retriable: false });
  });

  it('when only the pictures cannot be drawn, then the video is processed without', async () => {
    const drawPictures = () => Promise.reject(new MediaFailure('unreadable', 'No frame can be decoded.'));
    await system.start({ media: fakeMedia({ drawPictures }) });
    await system.announce(system.store());

    const processed = await system.probe.next<VideoProcessed>('video.processed');
    await system.idle();

    expect(processed.data).toMatchObject({ poster: null, storyboard: null });
    expect(system.storage.keys).toEqual(system.named(processed).keys);
  });

  it('when only its texts cannot be read, then the video is processed without', async () => {
    const extractTexts = () => Promise.reject(new MediaFailure('unreadable', 'No text can be decoded.'));
    await system.start({ media: fakeMedia({ extractTexts }) });
    await system.announce(system.store({ texts: ['en'], chapters: 1 }));

    const processed = await system.probe.next<VideoProcessed>('video.processed');
    await system.idle();

    expect(processed.data).toMatchObject({ captions: [], chapters: null });
    expect(system.storage.keys).toEqual(system.named(processed).keys);
  });

  it('when video-storage is away for a while, then it waits, and that counts as nobody’s failure', async () => {
    await system.start();
    const upload = system.store();
    system.storage.isDown = true;
    await system.announce(upload);
    await eventually(
      () => system.parts(),
      ([probe]) => probe?.kind === 'probe' && probe.starts === 0,
    );
    system.storage.isDown = false;

    await system.probe.next('video.processed', undefined, 60_000);

    expect(system.probe.published('video.processing-failed')).toEqual([]);
  }, 90_000);

  it('when its file ends every worker that begins it, then the processing fails after five', async () => {
    await system.start();
    const upload = system.store();
    const { videoId, processingId } = upload;
    const began = { starts: 5, failures: 0, attempts: [], done: false, attempt: null, outcome: null };
    const probe = { _id: `${processingId}/probe/0/0`, videoId, processingId, kind: 'probe', index: 0, number: 0 };
    await system.database.db.collection<{ _id: string }>('parts').insertOne({ ...probe, ...began });
    await system.announce(upload);

    const { data } = await system.probe.next<VideoProcessingFailed>('video.processing-failed');

    expect(data).toMatchObject({ kind: 'internal', retriable: true });
    expect(system.probe.published('video.processed')).toEqual([]);
  });
});

describe('a message', () => {
  it('when it is lost with the broker’s data, then its task is put into the queue again', async () => {
    const { promise: begun, resolve } = Promise.withResolvers<void>();
    const media = withPieces(async (_, signal) => {
      resolve();
      await aborted(signal);
    });
    const first = await system.start({ media }, { PROCESSING_CONCURRENCY: '1' });
    await system.announce(system.store());
    await begun;
    await first.stop();
    await system.vhost.purge('video-processing.tasks');
    await system.start({}, { PROCESSING_STALLED_SECONDS: '0.5' });

    const processed = await system.probe.next<VideoProcessed>('video.processed');
    await system.idle();
    expect(system.storage.keys).toEqual(system.named(processed).keys);
  });

  it('when it comes twice, then the video is processed once', async () => {
    await system.start();
    const upload = system.store();
    await system.announce(upload);
    await system.announce(upload);
    await system.probe.next('video.processed');
    const commands = system.probe.published('video-processing.tasks');
    for (const command of commands) await system.probe.publish({ ...command, id: newId() });
    await system.announce(upload);
    await system.idle();

    const [processed] = system.probe.published<VideoProcessed>('video.processed');
    expect(system.probe.published('video.processed')).toHaveLength(1);
    expect(processed && system.named(processed).keys).toEqual(system.storage.keys);
  });

  it('when its task is in the hands of two workers at once, then one outcome counts and the other is removed', async () => {
    let together = 0;
    const { promise: both, resolve } = Promise.withResolvers<void>();
    const media = withPieces(async (index) => {
      if (index !== 0) return;
      together += 1;
      if (together === 2) resolve();
      await both;
    });
    await system.start({ media });
    await system.start({ media });
    await system.announce(system.store());
    const first = await system.probe.next(
      'video-processing.tasks',
      ({ data }) => data.kind === 'piece' && data.index === 0,
    );
    await system.probe.publish({ ...first, id: newId() });

    const processed = await system.probe.next<VideoProcessed>('video.processed');
    await system.idle();

    expect(together).toBe(2);
    expect(system.storage.keys).toEqual(system.named(processed).keys);
  });
});

describe('a worker', () => {
  it('when it is stopped, then its tasks end at once, count as nothing, and another worker does them', async () => {
    const { promise: begun, resolve } = Promise.withResolvers<void>();
    const media = withPieces(async (index, signal) => {
      if (index !== 0) return;
      resolve();
      await aborted(signal);
    });
    const first = await system.start({ media });
    await system.announce(system.store());
    await begun;

    const since = performance.now();
    await first.stop();
    expect(performance.now() - since).toBeLessThan(3_000);
    const piece = (await system.parts()).find(({ kind, index }) => kind === 'piece' && index === 0);
    expect(piece).toMatchObject({ starts: 0, failures: 0, done: false });
    await system.start();

    const processed = await system.probe.next<VideoProcessed>('video.processed');
    await system.idle();
    expect(system.storage.keys).toEqual(system.named(processed).keys);
    expect(system.probe.deadLetters()).toEqual([]);
  });

  it('when a long video is in its hands, then a short one does not wait behind it', async () => {
    let pieces = 0;
    const media = withPieces(async () => {
      pieces += 1;
    });
    await system.start({ media }, { PROCESSING_CONCURRENCY: '1', PROCESSING_WINDOW: '3' });
    const long = system.store({ seconds: 1_200, sound: 0 });
    const short = system.store({ seconds: 4 });
    await system.announce(long);
    await eventually(
      () => pieces,
      (count) => count > 2,
    );
    await system.announce(short);

    const first = await system.probe.next<VideoProcessed>('video.processed');

    expect(first.data.videoId).toBe(short.videoId);
    expect(pieces).toBeLessThan(60);
  });
});
