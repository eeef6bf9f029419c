import { newId } from '@flixtube/chassis/ids';
import { type Video, video as videoContract } from '@flixtube/contracts/http/video';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aService, eventually, expectProblem, type Metadata, startMetadata, viewedEvent, viewer } from './support.ts';

let metadata: Metadata;
beforeAll(async () => {
  metadata = await startMetadata();
});
afterAll(() => metadata.close());

const ownerId = newId();
const owner = viewer(ownerId);
const path = ({ id }: { id: string }) => `/api/videos/${id}`;
const read = (video: Video, as = owner) => metadata.call<Video>('GET', path(video), { as });
const etagOf = async (video: Video) => (await read(video)).headers.get('etag') as string;
const patch = (video: Video, etag: string | undefined, body: unknown, as = owner) =>
  metadata.call<Video>('PATCH', path(video), { as, body, headers: etag === undefined ? {} : { 'if-match': etag } });

describe('GET /api/videos/:id', () => {
  it('answers a video that was just uploaded, as the contract has it, with what is not known yet as null', async () => {
    const { id } = await metadata.announce({ ownerId, title: 'New', createdAt: '2026-05-01T12:00:00.000Z' });
    const { status, body } = await metadata.call<Video>('GET', `/api/videos/${id}`);
    expect(status).toBe(200);
    expect(body).toEqual({
      id,
      title: 'New',
      description: '',
      visibility: 'public',
      status: 'processing',
      failure: null,
      progress: 0,
      createdAt: '2026-05-01T12:00:00.000Z',
      durationSeconds: null,
      width: null,
      height: null,
      sizeBytes: 1234,
      contentType: 'video/mp4',
      viewCount: 0,
      owner: null,
      links: {
        file: `/api/videos/${id}/file`,
        hls: null,
        poster: null,
        storyboard: null,
        captions: [],
        chapters: null,
      },
    });
    expect(() => videoContract.parse(body)).not.toThrow();
  });

  it('tells the owner alone whose it is', async () => {
    const video = await metadata.announce({ ownerId });
    expect((await read(video)).body.owner).toEqual({ id: ownerId, name: 'You' });
    expect(JSON.stringify((await read(video, viewer())).body)).not.toContain(ownerId);
  });

  it.each([
    ['public', 200],
    ['unlisted', 200],
    ['private', 404],
  ] as const)('answers a %s video to others with %i, and to its owner always', async (visibility, status) => {
    const video = await metadata.announce({ ownerId, visibility });
    expect((await read(video, viewer())).status).toBe(status);
    expect((await read(video)).status).toBe(200);
  });

  it('has a strong ETag, which changes with what is answered, and 304 until then', async () => {
    const video = await metadata.announce({ ownerId });
    const etag = await etagOf(video);
    expect(etag).toMatch(/^"[^"]+"$/);
    const again = (tag: string, as = owner) =>
      metadata.call('GET', path(video), { as, headers: { 'if-none-match': tag } });

    const unchanged = await again(`"other", W/${etag}`);
    expect(unchanged).toMatchObject({ status: 304, body: undefined });
    expect(unchanged.headers.get('etag')).toBe(etag);
    expect((await again('*')).status).toBe(304);
    expect((await again('"other"')).status).toBe(200);
    // Another viewer gets another answer.
    expect((await again(etag, viewer())).status).toBe(200);

    await metadata.probe.publish(viewedEvent(video.id));
    await eventually(async () => expect((await again(etag)).status).toBe(200));
  });

  it('answers 412 when If-Match names another one', async () => {
    const video = await metadata.announce({ ownerId });
    expectProblem(await metadata.call('GET', path(video), { headers: { 'if-match': '"other"' } }), 412);
  });

  it('answers HEAD as GET, without the body', async () => {
    const video = await metadata.announce();
    const answer = await metadata.call('HEAD', path(video));
    expect(answer).toMatchObject({ status: 200, body: undefined });
    expect(answer.headers.get('etag')).toBeTruthy();
  });

  it('answers 404 for a video that never was', async () => {
    expectProblem(await metadata.call('GET', `/api/videos/${newId()}`), 404);
  });
});

describe('PATCH /api/videos/:id', () => {
  it('changes what is given and nothing else, announces video.changed, and answers the video with its new ETag', async () => {
    const video = await metadata.announce({ ownerId, title: 'Before', description: 'stays' });
    const answer = await patch(video, await etagOf(video), { title: ' After ', visibility: 'unlisted' });

    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ ...video, title: 'After', visibility: 'unlisted' });
    expect((await read(video)).body).toEqual(answer.body);
    expect(answer.headers.get('etag')).toBe(await etagOf(video));
    const event = await metadata.probe.next('video.changed', ({ subject }) => subject === video.id);
    expect(event).toMatchObject({
      source: 'metadata',
      data: { videoId: video.id, ownerId, title: 'After', visibility: 'unlisted', durationSeconds: null },
    });
  });

  it('lets one of many through who edit the same version at once, and announces one change', async () => {
    const video = await metadata.announce({ ownerId });
    const etag = await etagOf(video);
    const answers = await Promise.all(Array.from({ length: 8 }, (_, n) => patch(video, etag, { title: `Title ${n}` })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(7).fill(412)]);

    await patch(video, '*', { title: 'Last' });
    await metadata.probe.next('video.changed', ({ data }) => data.videoId === video.id && data.title === 'Last');
    const changes = metadata.probe.published('video.changed').filter(({ subject }) => subject === video.id);
    expect(changes.map(({ data }) => data.title)).toEqual([
      answers.find(({ status }) => status === 200)?.body.title,
      'Last',
    ]);
  });

  it('applies all of many that take any version', async () => {
    const video = await metadata.announce({ ownerId });
    const answers = await Promise.all(
      Array.from({ length: 4 }, (_, n) =>
        patch(video, '*', n % 2 === 0 ? { title: `T${n}` } : { description: `D${n}` }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect((await read(video)).body).toMatchObject({
      title: expect.stringMatching(/^T\d$/),
      description: expect.stringMatching(/^D\d$/),
    });
  });

  it('is not in the way of views that are counted meanwhile', async () => {
    const video = await metadata.announce({ ownerId });
    const etag = await etagOf(video);
    await metadata.probe.publish(viewedEvent(video.id));
    await eventually(async () => expect((await read(video)).body.viewCount).toBe(1));
    expect(await patch(video, etag, { title: 'Viewed' })).toMatchObject({ status: 200, body: { viewCount: 1 } });
  });

  it('needs If-Match, and a current strong one', async () => {
    const video = await metadata.announce({ ownerId });
    const old = await etagOf(video);
    await patch(video, old, { title: 'Changed' });
    const current = await etagOf(video);
    expectProblem(await patch(video, undefined, { title: 'x' }), 428);
    expectProblem(await patch(video, old, { title: 'x' }), 412);
    expectProblem(await patch(video, `W/${current}`, { title: 'x' }), 412);
    expectProblem(await patch(video, '"2"', { title: 'x' }), 412);
    expectProblem(await patch(video, 'nonsense', { title: 'x' }), 412);
    expect((await read(video)).body.title).toBe('Changed');
    expect((await patch(video, `"a", ${current}`, { title: 'Again' })).status).toBe(200);
  });

  it('is for the owner alone: 403 to others, 404 where they may not even see the video', async () => {
    const video = await metadata.announce({ ownerId });
    const hidden = await metadata.announce({ ownerId, visibility: 'private' });
    expectProblem(await patch(video, '*', { title: 'x' }, viewer()), 403);
    expectProblem(await patch(hidden, '*', { title: 'x' }, viewer()), 404);
    expectProblem(await metadata.call('PATCH', path(video), { as: null, body: { title: 'x' } }), 401);
    expectProblem(await metadata.call('PATCH', path(video), { as: aService, body: { title: 'x' } }), 403);
  });

  it.each([
    ['an empty title', { title: '  ' }, ['title']],
    ['too long a title', { title: 'x'.repeat(201) }, ['title']],
    ['a title of another type', { title: 7 }, ['title']],
    ['a title with control characters', { title: 'a\u0000b' }, ['title']],
    ['too long a description', { description: 'x'.repeat(5_001) }, ['description']],
    ['an unknown visibility', { visibility: 'secret' }, ['visibility']],
    ['fields that it does not know', { title: 'x', viewCount: 7, _id: 'x' }, ['_id', 'viewCount']],
    ['an operator, and no change', { $set: { title: 'x' } }, ['', '$set']],
    ['several wrong fields', { title: '', visibility: '' }, ['title', 'visibility']],
  ])('refuses %s, and names it', async (_, body, fields) => {
    const video = await metadata.announce({ ownerId });
    expectProblem(await patch(video, '*', body), 400, ...fields);
  });

  it.each([
    ['an empty object', '{}', 400],
    ['an array', '[]', 400],
    ['null', 'null', 400],
    ['broken JSON', '{"title":', 400],
    ['nothing', '', 400],
    ['too much', JSON.stringify({ title: 'x'.repeat(200_000) }), 413],
  ])('refuses %s as body', async (_, body, status) => {
    const video = await metadata.announce({ ownerId });
    const answer = await patch(video, '*', body);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/jsonx', 'image/png'])(
    'refuses a body of type %s',
    async (type) => {
      const video = await metadata.announce({ ownerId });
      expectProblem(
        await metadata.call('PATCH', path(video), {
          as: owner,
          body: '{"title":"x"}',
          headers: { 'content-type': type, 'if-match': '*' },
        }),
        415,
        'Content-Type',
      );
    },
  );
});

describe('DELETE /api/videos/:id', () => {
  it('removes the video for good, and announces video.deleted once', async () => {
    const video = await metadata.announce({ ownerId });
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => metadata.call('DELETE', path(video), { as: owner })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 404, 404, 404]);
    expect((await read(video)).status).toBe(404);

    const event = await metadata.probe.next('video.deleted', ({ subject }) => subject === video.id);
    expect(event.data).toEqual({ videoId: video.id, ownerId });
    const next = await metadata.announce({ ownerId });
    await metadata.call('DELETE', path(next), { as: owner });
    await metadata.probe.next('video.deleted', ({ subject }) => subject === next.id);
    expect(metadata.probe.published('video.deleted').filter(({ subject }) => subject === video.id)).toHaveLength(1);
  });

  it('is announced after the changes before it', async () => {
    const video = await metadata.announce({ ownerId });
    await patch(video, '*', { title: 'Changed' });
    await metadata.call('DELETE', path(video), { as: owner });
    const changed = await metadata.probe.next('video.changed', ({ subject }) => subject === video.id);
    const deleted = await metadata.probe.next('video.deleted', ({ subject }) => subject === video.id);
    expect(Date.parse(deleted.time)).toBeGreaterThanOrEqual(Date.parse(changed.time));
  });

  it('honours If-Match where there is one', async () => {
    const video = await metadata.announce({ ownerId });
    const remove = (tag: string) => metadata.call('DELETE', path(video), { as: owner, headers: { 'if-match': tag } });
    const old = await etagOf(video);
    await patch(video, old, { title: 'Changed' });
    expectProblem(await remove(old), 412);
    expect((await remove(await etagOf(video))).status).toBe(204);
  });

  it('is for the owner alone: 403 to others, 404 where they may not even see the video', async () => {
    const video = await metadata.announce({ ownerId });
    const hidden = await metadata.announce({ ownerId, visibility: 'private' });
    expectProblem(await metadata.call('DELETE', path(video)), 403);
    expectProblem(await metadata.call('DELETE', path(hidden)), 404);
    expectProblem(await metadata.call('DELETE', path(video), { as: null }), 401);
    expect((await read(video)).status).toBe(200);
  });
});

describe('an address that is none', () => {
  const odd = [
    '..%2f..%2fetc%2fpasswd',
    '%00',
    'x'.repeat(5_000),
    '1',
    'null',
    '[object Object]',
    '%F0%9F%99%88',
    '{"$ne":1}',
  ];
  it.each(odd)('is answered with a 4xx that says so: %s', async (id) => {
    for (const [method, body] of [
      ['GET', undefined],
      ['PATCH', { title: 'x' }],
      ['DELETE', undefined],
    ] as const) {
      const answer = await metadata.call(method, `/api/videos/${id}`, {
        as: owner,
        ...(body === undefined ? {} : { body, headers: { 'if-match': '*' } }),
      });
      // A control character ends in the path, before there is a field.
      expectProblem(answer, 400, id === '%00' ? 'path' : 'id');
    }
  });

  it('is 405 with Allow for a method that it lacks', async () => {
    const answer = await metadata.call('PUT', `/api/videos/${newId()}`, { body: {} });
    expectProblem(answer, 405);
    expect(answer.headers.get('allow')?.split(', ').sort()).toEqual(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH']);
  });
});
