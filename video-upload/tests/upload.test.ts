import { newId } from '@flixtube/chassis/ids';
import { video } from '@flixtube/contracts/http/video';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { send, sha256, videoBytes } from './support/sending.ts';
import { createSystem, eventually, type System } from './support/system.ts';

describe('POST /api/videos', () => {
  let system: System;
  let url: string;

  beforeAll(async () => {
    system = await createSystem();
    url = (await system.start()).url;
  });
  afterAll(() => system.close());

  it('a file with its length declared: 201, the video, its bytes stored, announced, recorded and published', async () => {
    const ownerId = newId();
    const body = videoBytes(300_000);

    const answer = await send(url, {
      headers: await system.viewer(ownerId),
      query: 'title=A+walk%20in+the+rain&description=One%20take%0Anothing%20else',
      body,
    });

    const id = answer.body.id;
    expect(answer.status).toBe(201);
    expect(answer.headers.location).toBe(`/api/videos/${id}`);
    expect(video.parse(answer.body)).toEqual(answer.body);
    expect(answer.body).toEqual({
      id: expect.any(String),
      title: 'A walk in the rain',
      description: 'One take\nnothing else',
      visibility: 'public',
      status: 'processing',
      failure: null,
      progress: 0,
      createdAt: expect.any(String),
      durationSeconds: null,
      width: null,
      height: null,
      sizeBytes: 300_000,
      contentType: 'video/mp4',
      viewCount: 0,
      owner: { id: ownerId, name: 'You' },
      links: {
        file: `/api/videos/${id}/file`,
        hls: null,
        poster: null,
        storyboard: null,
        captions: [],
        chapters: null,
      },
    });

    const source = { key: `videos/${id}/source`, contentType: 'video/mp4', sizeBytes: 300_000, sha256: sha256(body) };
    expect(system.storage.objects.get(source.key)).toMatchObject({ sizeBytes: 300_000, sha256: source.sha256 });
    expect(system.storage.accepted.at(-1)).toBe('video/*');
    const told = {
      videoId: id,
      ownerId,
      title: 'A walk in the rain',
      description: 'One take\nnothing else',
      visibility: 'public',
      source,
    };
    expect(system.metadata.announced.at(-1)).toEqual({ ...told, createdAt: answer.body.createdAt });

    const event = await system.probe.next('video.uploaded', ({ data }) => data.videoId === id);
    expect(event).toMatchObject({ source: 'video-upload', subject: id, time: answer.body.createdAt, data: told });
    const [record] = await eventually(
      async () => (await system.records()).filter((one) => one._id === id),
      ([one]) => one?.outbox.length === 0,
    );
    expect(record).toMatchObject({ state: 'stored', ownerId, source });
  });

  it('a chunked body: the same, its size found by counting', async () => {
    const parts = [videoBytes(10, 1), videoBytes(70_000, 2), videoBytes(1, 3)];

    const answer = await send(url, { headers: await system.viewer(), body: parts });

    expect(answer.status).toBe(201);
    expect(answer.body.sizeBytes).toBe(70_011);
    expect(system.storage.objects.get(`videos/${answer.body.id}/source`)?.sha256).toBe(sha256(Buffer.concat(parts)));
  });

  it('the trace of the request: goes on in the event', async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const headers = { ...(await system.viewer()), traceparent: `00-${traceId}-00f067aa0ba902b7-01` };

    const { body } = await send(url, { headers, body: videoBytes(100) });

    const event = await system.probe.next('video.uploaded', ({ data }) => data.videoId === body.id);
    expect(system.probe.headersOf(event.id)?.traceparent).toContain(traceId);
  });

  it('ten at once: each is stored with its own bytes and published once', async () => {
    const files = Array.from({ length: 10 }, (_, index) => videoBytes(200_000 + index, index));

    const answers = await Promise.all(files.map(async (body) => send(url, { headers: await system.viewer(), body })));

    expect(answers.map(({ status }) => status)).toEqual(files.map(() => 201));
    for (const [index, { body }] of answers.entries()) {
      expect(system.storage.objects.get(`videos/${body.id}/source`)?.sha256).toBe(sha256(files[index] as Buffer));
      await system.probe.next('video.uploaded', ({ data }) => data.videoId === body.id);
    }
    const ids = system.probe.published('video.uploaded').map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('metadata does not answer: 201 all the same after 2 s, and the event follows', async () => {
    const never = Promise.withResolvers<void>();
    system.metadata.beforeAnswer = () => never.promise;
    try {
      const begun = performance.now();
      const answer = await send(url, { headers: await system.viewer(), body: videoBytes(100) });
      const seconds = (performance.now() - begun) / 1000;

      expect(answer.status).toBe(201);
      expect(seconds).toBeGreaterThan(1.9);
      expect(seconds).toBeLessThan(4);
      await system.probe.next('video.uploaded', ({ data }) => data.videoId === answer.body.id);
    } finally {
      system.metadata.beforeAnswer = async () => {};
      never.resolve();
    }
  });

  it('an answer is given: never before the upload is committed', async () => {
    const committing = Promise.withResolvers<void>();
    const mayCommit = Promise.withResolvers<void>();
    system.storage.beforeCommit = () => {
      committing.resolve();
      return mayCommit.promise;
    };
    let answered = false;
    const sending = send(url, { headers: await system.viewer(), body: videoBytes(100) }).then((answer) => {
      answered = true;
      return answer;
    });
    await committing.promise;
    expect((await system.records()).some(({ state }) => state === 'receiving')).toBe(true);
    expect(answered).toBe(false);
    system.storage.beforeCommit = async () => {};
    mayCommit.resolve();
    expect((await sending).status).toBe(201);
  });
});
