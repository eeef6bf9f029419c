import { once } from 'node:events';
import { newId } from '@flixtube/chassis/ids';
import type { VideoProcessed } from '@flixtube/contracts/events/video-processed';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { partsCollection } from '../src/adapters/mongo-parts.ts';
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

describe('a video', () => {
  it('when it is deleted while it is processed, then its tasks end and nothing of it comes back', async () => {
    const { promise: begun, resolve } = Promise.withResolvers<void>();
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    const media = withPieces(async (index, signal) => {
      if (index !== 1) return;
      resolve();
      await aborted(signal).finally(end);
    });
    await system.start({ media });
    const upload = system.store();
    await system.announce(upload);
    await begun;
    await system.delete(upload);
    await ended;
    await system.announce(upload);
    await system.idle();

    expect(system.storage.keys).toEqual([]);
    expect(await system.processing(upload.videoId)).toMatchObject({ state: 'deleted' });
    expect(system.probe.published('video.processed')).toEqual([]);
    expect(system.probe.published('video.processing-failed')).toEqual([]);
  });

  it('when a worker before this version has made a part of it, then the others go on from there', async () => {
    const collection = partsCollection(system.database.db);
    const media = withPieces(async (index) => {
      if (index !== 2) return;
      const done = await eventually(
        () => collection.find({ kind: 'piece', done: true }).toArray(),
        (parts) => parts.length > 0,
      );
      for (const { _id, outcome } of done) {
        const tracks = outcome?.tracks.map((track) => ({ ...track, segments: JSON.parse(track.segments) })) ?? [];
        await collection.updateOne({ _id }, { $set: { 'outcome.tracks': tracks } });
      }
    });
    await system.start({ media });
    await system.announce(system.store());

    const processed = await system.probe.next<VideoProcessed>('video.processed');
    await system.idle();

    expect(system.named(processed).manifest.video[0]?.parts).toHaveLength(3);
    expect(system.storage.keys).toEqual(system.named(processed).keys);
  });

  it('when a late object of a deleted video is stored, then its task removes it', async () => {
    await system.start();
    const upload = system.store();
    let isFirst = true;
    system.storage.beforePut = async () => {
      if (!isFirst) return;
      isFirst = false;
      await system.delete(upload);
      await eventually(
        () => system.processing(upload.videoId),
        (processing) => processing?.state === 'deleted',
      );
    };
    await system.announce(upload);
    await eventually(
      () => system.processing(upload.videoId),
      (processing) => processing?.state === 'deleted',
    );
    await system.idle();

    await eventually(
      () => system.storage.keys,
      (keys) => keys.length === 0,
    );
  });

  it('when it is to be processed again in the middle, then the newer processing replaces the older, which leaves nothing', async () => {
    const again = newId();
    let ended = 0;
    const { promise: begun, resolve } = Promise.withResolvers<void>();
    const media = withPieces(async (index, signal) => {
      if (index !== 1 || ended > 0) return;
      resolve();
      await aborted(signal).finally(() => {
        ended += 1;
      });
    });
    await system.start({ media });
    const upload = { ...system.store(), processingId: '0199b1f2-8c3a-7d44-9a51-3f0f6c6a1b2e' };
    await system.announce(upload);
    await begun;
    await system.request(upload, again);

    const processed = await system.probe.next<VideoProcessed>('video.processed');
    await system.idle();

    expect(processed.data.processingId).toBe(again);
    expect(ended).toBe(1);
    expect(system.storage.keys).toEqual(system.named(processed).keys);
    expect(system.probe.published('video.processed')).toHaveLength(1);
  });

  it('when it fails to be processed again, then what the earlier processing has left stays', async () => {
    let isBroken = false;
    const media = withPieces(async () => {
      if (isBroken) throw new MediaFailure('unsupported', 'Not any more.');
    });
    await system.start({ media });
    const upload = system.store();
    await system.announce(upload);
    const processed = await system.probe.next<VideoProcessed>('video.processed');
    await system.idle();
    isBroken = true;
    await system.request(upload);

    await system.probe.next('video.processing-failed');
    await system.idle();

    expect(system.storage.keys).toEqual(system.named(processed).keys);
  });
});
