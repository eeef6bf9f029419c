import { newId } from '@flixtube/chassis/ids';
import { newEvent } from '@flixtube/chassis/messaging';
import { videoProcessed } from '@flixtube/contracts/events/video-processed';
import { videoProcessingFailed } from '@flixtube/contracts/events/video-processing-failed';
import { videoProcessingProgressed } from '@flixtube/contracts/events/video-processing-progressed';
import type { InternalVideo } from '@flixtube/contracts/http/internal';
import type { Video } from '@flixtube/contracts/http/video';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  aService,
  eventually,
  expectProblem,
  type Metadata,
  startMetadata,
  uploadedEvent,
  uploadOf,
  viewer,
} from './support.ts';

let metadata: Metadata;
beforeAll(async () => {
  metadata = await startMetadata();
});
afterAll(() => metadata.close());

const from = (videoId: string) => ({ source: 'video-processing', subject: videoId });
const progressed = (videoId: string, processingId: string, fraction: number, manifest: string | null = null) =>
  newEvent(videoProcessingProgressed, {
    ...from(videoId),
    data: { videoId, processingId, fraction, playable: manifest !== null, manifest },
  });
const processed = (videoId: string, processingId: string) =>
  newEvent(videoProcessed, {
    ...from(videoId),
    data: {
      videoId,
      processingId,
      durationSeconds: 12.5,
      width: 640,
      height: 360,
      renditions: [{ name: '360p', width: 640, height: 360 }],
      manifest: `videos/${videoId}/hls/${processingId}/manifest.json`,
      poster: { key: `videos/${videoId}/poster`, contentType: 'image/jpeg' },
      storyboard: { vtt: `videos/${videoId}/vtt`, sprites: [`videos/${videoId}/sprite`] },
      captions: [],
      chapters: null,
    },
  });
const failed = (videoId: string, processingId: string) =>
  newEvent(videoProcessingFailed, {
    ...from(videoId),
    data: { videoId, processingId, kind: 'unreadable', detail: 'It is no video.', retriable: false },
  });
const read = (id: string, as = viewer()) => metadata.call<Video>('GET', `/api/videos/${id}`, { as });
const becomes = (id: string, wanted: object) =>
  eventually(async () => {
    const { body } = await read(id);
    expect(body).toMatchObject(wanted);
    return body;
  });

describe('the processing of a video', () => {
  it('when it is told of, then the video says so to everyone, and to our services where things lie', async () => {
    const { id } = await metadata.announce();
    const processingId = newId();
    await metadata.probe.publish(progressed(id, processingId, 0.3));
    await becomes(id, { status: 'processing', progress: 0.3, links: { hls: null } });

    await metadata.probe.publish(progressed(id, processingId, 0.5, 'videos/m'));
    await becomes(id, { progress: 0.5, links: { hls: `/api/videos/${id}/hls/main.m3u8` } });
    await metadata.probe.next('video.changed', ({ subject }) => subject === id);

    await metadata.probe.publish(processed(id, processingId));
    await becomes(id, {
      status: 'ready',
      progress: 1,
      durationSeconds: 12.5,
      width: 640,
      height: 360,
      links: { poster: `/api/videos/${id}/poster.jpg`, storyboard: `/api/videos/${id}/storyboard.vtt` },
    });
    const { body } = await metadata.call<InternalVideo>('GET', `/internal/videos/${id}`, { as: aService });
    expect(body).toMatchObject({
      manifest: `videos/${id}/hls/${processingId}/manifest.json`,
      poster: { key: `videos/${id}/poster` },
      storyboard: { sprites: [`videos/${id}/sprite`] },
    });
    await metadata.probe.next(
      'video.changed',
      ({ data }) => (data as { durationSeconds?: number }).durationSeconds === 12.5,
    );
  });

  it('when only its progress is told, or a manifest twice, then nobody else is told of it', async () => {
    const { id } = await metadata.announce();
    const processingId = newId();
    for (const fraction of [0.1, 0.2]) await metadata.probe.publish(progressed(id, processingId, fraction));
    for (const fraction of [0.3, 0.4, 0.4, 0.5]) {
      await metadata.probe.publish(progressed(id, processingId, fraction, 'videos/m'));
    }
    await becomes(id, { progress: 0.5 });
    await metadata.probe.publish(processed(id, processingId));
    const changes = () => metadata.probe.published('video.changed').filter(({ subject }) => subject === id);
    await eventually(async () => {
      expect(changes().at(-1)?.data).toMatchObject({ durationSeconds: 12.5 });
    });
    expect(changes()).toHaveLength(2);
  });

  it('when it failed, then the video says why', async () => {
    const { id } = await metadata.announce();
    await metadata.probe.publish(failed(id, newId()));
    await becomes(id, {
      status: 'failed',
      failure: { kind: 'unreadable', detail: 'It is no video.', retriable: false },
    });
  });

  it('when it is told of before the video is known, then that is not lost', async () => {
    const data = uploadOf();
    await metadata.probe.publish(processed(data.videoId, newId()));
    await metadata.probe.publish(uploadedEvent(data));
    await becomes(data.videoId, { status: 'ready' });
  });

  it('when it is told of after the video was removed, then nothing comes back and nothing is a dead letter', async () => {
    const ownerId = newId();
    const { id } = await metadata.announce({ ownerId });
    await metadata.call('DELETE', `/api/videos/${id}`, { as: viewer(ownerId) });
    await metadata.probe.publish(processed(id, newId()));
    const { id: sentinel } = await metadata.announce();
    await metadata.probe.publish(processed(sentinel, newId()));
    await becomes(sentinel, { status: 'ready' });
    expect((await read(id, viewer(ownerId))).status).toBe(404);
    expect(await metadata.probe.deadLetters()).toEqual([]);
  });
});

describe('POST /api/videos/:id/processing', () => {
  const again = (id: string, as = viewer()) => metadata.call<Video>('POST', `/api/videos/${id}/processing`, { as });

  it('when its owner asks, then it is processed again under a new name, once', async () => {
    const ownerId = newId();
    const owner = viewer(ownerId);
    const { id } = await metadata.announce({ ownerId });
    const old = newId();
    await metadata.probe.publish(failed(id, old));
    await becomes(id, { status: 'failed' });

    const answers = await Promise.all([again(id, owner), again(id, owner), again(id, owner)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 409, 409]);
    expect(answers.find(({ status }) => status === 202)?.body).toMatchObject({
      status: 'processing',
      failure: null,
      progress: 0,
    });
    const asked = await metadata.probe.next('video.processing-requested', ({ subject }) => subject === id);
    expect(asked.data).toMatchObject({ videoId: id, source: { key: `videos/${id}/source` } });

    // What is said of the earlier one counts no more; of the new one it does.
    await metadata.probe.publish(processed(id, old));
    await metadata.probe.publish(progressed(id, asked.id, 0.25));
    expect((await becomes(id, { progress: 0.25 })).status).toBe('processing');
    expect(metadata.probe.published('video.processing-requested').filter(({ subject }) => subject === id)).toHaveLength(
      1,
    );
  });

  it('when no processing has ever told of it, then it can be asked for, once', async () => {
    const ownerId = newId();
    const { id } = await metadata.announce({ ownerId });
    expect((await again(id, viewer(ownerId))).status).toBe(202);
    expect((await again(id, viewer(ownerId))).status).toBe(409);
    const asked = await metadata.probe.next('video.processing-requested', ({ subject }) => subject === id);
    await metadata.probe.publish(progressed(id, asked.id, 0.25));
    await becomes(id, { progress: 0.25 });
  });

  it('when someone else asks, or it is private, unknown or no id, then it is refused', async () => {
    const { id } = await metadata.announce();
    const hidden = await metadata.announce({ visibility: 'private' });
    expectProblem(await again(id), 403);
    expectProblem(await again(hidden.id), 404);
    expectProblem(await again(newId()), 404);
    expectProblem(await again('x'), 400, 'id');
    expectProblem(await metadata.call('POST', `/api/videos/${id}/processing`, { as: null }), 401);
    expectProblem(await metadata.call('GET', `/api/videos/${id}/processing`), 405);
  });
});
