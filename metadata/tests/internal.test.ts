import { newId } from '@flixtube/chassis/ids';
import { type InternalVideos, internalVideo } from '@flixtube/contracts/http/internal';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aService, expectProblem, type Metadata, startMetadata, uploadOf, viewer } from './support.ts';

let metadata: Metadata;
beforeAll(async () => {
  metadata = await startMetadata();
});
afterAll(() => metadata.close());

const ownerId = newId();
const createdAt = '2026-03-01T12:00:00.000Z';
const put = (id: string, body: unknown) => metadata.call('PUT', `/internal/videos/${id}`, { as: aService, body });

describe('PUT /internal/videos/:id', () => {
  it('makes the video readable at once, and is the same when repeated', async () => {
    const upload = { ...uploadOf({ ownerId }), createdAt };
    const first = await put(upload.videoId, upload);
    expect(first).toMatchObject({ status: 200, body: { id: upload.videoId, createdAt, owner: { id: ownerId } } });
    expect((await metadata.call('GET', `/api/videos/${upload.videoId}`)).status).toBe(200);
    expect((await put(upload.videoId, { ...upload, title: 'Other' })).body).toEqual(first.body);
  });

  it('answers 410 when the video was deleted meanwhile', async () => {
    const upload = { ...uploadOf({ ownerId }), createdAt };
    await put(upload.videoId, upload);
    await metadata.call('DELETE', `/api/videos/${upload.videoId}`, { as: viewer(ownerId) });
    expectProblem(await put(upload.videoId, upload), 410);
  });

  it('refuses what does not fit, and names it', async () => {
    const upload = { ...uploadOf(), createdAt };
    expectProblem(await put(newId(), upload), 400, 'videoId');
    expectProblem(await put('..%2f..', upload), 400, 'id');
    expectProblem(await put(upload.videoId, { ...upload, createdAt: 'today' }), 400, 'createdAt');
    expectProblem(
      await put(upload.videoId, { ...upload, source: { ...upload.source, sha256: 'x' }, title: '' }),
      400,
      'source.sha256',
      'title',
    );
  });
});

describe('GET /internal/videos/:id', () => {
  it('answers what it takes to stream, of private videos as well', async () => {
    const upload = uploadOf({ ownerId, visibility: 'private' });
    await metadata.announce(upload);
    const { status, body } = await metadata.call('GET', `/internal/videos/${upload.videoId}`, { as: aService });
    expect(status).toBe(200);
    expect(internalVideo.strict().parse(body)).toEqual({
      id: upload.videoId,
      ownerId,
      visibility: 'private',
      durationSeconds: null,
      source: upload.source,
      manifest: null,
      poster: null,
      storyboard: null,
      captions: [],
      chapters: null,
    });
  });

  it('answers 404 for what is not there or was deleted, 400 for what is no id', async () => {
    const video = await metadata.announce({ ownerId });
    await metadata.call('DELETE', `/api/videos/${video.id}`, { as: viewer(ownerId) });
    for (const id of [video.id, newId()]) {
      expectProblem(await metadata.call('GET', `/internal/videos/${id}`, { as: aService }), 404);
    }
    expectProblem(await metadata.call('GET', '/internal/videos/1', { as: aService }), 400, 'id');
  });
});

describe('GET /internal/videos', () => {
  const get = (ids: string[], viewerId: string) =>
    metadata.call<InternalVideos>('GET', `/internal/videos?ids=${ids.join(',')}&viewerId=${viewerId}`, {
      as: aService,
    });

  it('answers those that the viewer may see, in the order asked for, each once', async () => {
    const [shown, unlisted, hidden] = [
      await metadata.announce({ ownerId }),
      await metadata.announce({ ownerId, visibility: 'unlisted' }),
      await metadata.announce({ ownerId, visibility: 'private' }),
    ];
    const asked = [hidden.id, newId(), unlisted.id, shown.id, shown.id];
    const seenBy = async (viewerId: string) => (await get(asked, viewerId)).body.items;
    expect((await seenBy(newId())).map(({ id }) => id)).toEqual([unlisted.id, shown.id]);
    expect((await seenBy(ownerId)).map(({ id }) => id)).toEqual([hidden.id, unlisted.id, shown.id]);
    expect((await seenBy(ownerId))[0]?.owner).toEqual({ id: ownerId, name: 'You' });
    expect((await seenBy(newId()))[0]?.owner).toBeNull();
  });

  it('takes 100 ids, and refuses more, and what are none', async () => {
    const ids = Array.from({ length: 101 }, () => newId());
    expect(await get(ids.slice(0, 100), newId())).toMatchObject({ status: 200, body: { items: [] } });
    expectProblem(await get(ids, newId()), 400, 'ids');
    expectProblem(await get([''], newId()), 400, 'ids.0');
    expectProblem(await get([newId(), 'x'], 'y'), 400, 'ids.1', 'viewerId');
    expectProblem(await metadata.call('GET', '/internal/videos', { as: aService }), 400, 'ids', 'viewerId');
  });
});

it.each([
  ['GET', `/internal/videos/${newId()}`],
  ['PUT', `/internal/videos/${newId()}`],
  ['GET', `/internal/videos?ids=${newId()}&viewerId=${newId()}`],
])('%s %s is for our own services only', async (method, path) => {
  const body = method === 'PUT' ? { body: {} } : {};
  expectProblem(await metadata.call(method, path, { as: viewer(), ...body }), 403);
  expectProblem(await metadata.call(method, path, { as: null, ...body }), 401);
  expectProblem(
    await metadata.call(method, path, { as: null, headers: { 'x-flixtube-identity': 'forged' }, ...body }),
    401,
  );
});
