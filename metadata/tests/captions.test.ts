import { newId } from '@flixtube/chassis/ids';
import { videoChanged } from '@flixtube/contracts/events/video-changed';
import type { InternalVideo } from '@flixtube/contracts/http/internal';
import type { Video } from '@flixtube/contracts/http/video';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Document } from 'mongodb';
import { aService, expectProblem, type Metadata, startMetadata, viewer } from './support.ts';

let metadata: Metadata;
beforeAll(async () => {
  metadata = await startMetadata();
}, 120_000);
afterAll(() => metadata.close());

const put = (id: string, viewerId: string, language: string, key: string, label = 'Words') =>
  metadata.call<{ replaced: string | null }>('PUT', `/internal/videos/${id}/captions/${language}`, {
    as: aService,
    body: { viewerId, label, key },
  });
const remove = (id: string, viewerId: string, language: string) =>
  metadata.call<{ replaced: string | null }>(
    'DELETE',
    `/internal/videos/${id}/captions/${language}?viewerId=${viewerId}`,
    { as: aService },
  );
const internal = async (id: string) =>
  (await metadata.call<InternalVideo>('GET', `/internal/videos/${id}`, { as: aService })).body.captions;

describe('text tracks of a video', () => {
  it('are named by it, by language, and announced', async () => {
    const ownerId = newId();
    const { id } = await metadata.announce({ ownerId });
    expect((await put(id, ownerId, 'pt-br', 'k1', 'Português')).body).toEqual({ replaced: null });
    expect((await put(id, ownerId, 'en', 'k2')).body).toEqual({ replaced: null });
    expect((await metadata.call<Video>('GET', `/api/videos/${id}`)).body.links.captions).toEqual([
      { language: 'en', label: 'Words', url: `/api/videos/${id}/captions/en.vtt` },
      { language: 'pt-BR', label: 'Português', url: `/api/videos/${id}/captions/pt-BR.vtt` },
    ]);
    expect(await internal(id)).toContainEqual({ language: 'pt-BR', label: 'Português', key: 'k1' });
    await metadata.probe.next(videoChanged.type, ({ subject }) => subject === id);
  });

  it('are replaced and removed, which names what is used no longer; the same once more changes nothing', async () => {
    const ownerId = newId();
    const { id } = await metadata.announce({ ownerId });
    await put(id, ownerId, 'en', 'k1');
    expect((await put(id, ownerId, 'en', 'k2')).body).toEqual({ replaced: 'k1' });
    expect((await put(id, ownerId, 'en', 'k2')).body).toEqual({ replaced: null });
    expect((await remove(id, ownerId, 'en')).body).toEqual({ replaced: 'k2' });
    expect(await internal(id)).toEqual([]);
    expectProblem(await remove(id, ownerId, 'en'), 404);
  });

  it('are the owner’s to change; those of a private video do not exist for others', async () => {
    const { id } = await metadata.announce({ ownerId: newId() });
    expectProblem(await put(id, newId(), 'en', 'k'), 403);
    expectProblem(await remove(id, newId(), 'en'), 403);
    const hidden = await metadata.announce({ ownerId: newId(), visibility: 'private' });
    expectProblem(await put(hidden.id, newId(), 'en', 'k'), 404);
    expectProblem(await put(newId(), newId(), 'en', 'k'), 404);
    const path = `/internal/videos/${id}/captions/en`;
    expectProblem(await metadata.call('PUT', path, { as: viewer(), body: {} }), 403);
    expectProblem(await put(id, newId(), 'not_a_language', 'k'), 400, 'language');
  });

  it('are all there when many are added at once, and 50 at most', async () => {
    const ownerId = newId();
    const { id } = await metadata.announce({ ownerId });
    const three = await Promise.all(['de', 'en', 'fr'].map((language) => put(id, ownerId, language, `k-${language}`)));
    expect(three.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect((await internal(id)).map(({ language }) => language)).toEqual(['de', 'en', 'fr']);
    for (let n = 3; n < 50; n++) expect((await put(id, ownerId, `qa${letters(n)}`, `k${n}`)).status).toBe(200);
    expectProblem(await put(id, ownerId, 'it', 'k'), 409);
    expect((await put(id, ownerId, 'de', 'again')).status).toBe(200);
  }, 60_000);

  it('are added to a document of before there were any', async () => {
    const ownerId = newId();
    const { id } = await metadata.announce({ ownerId });
    const videos = metadata.database.db.collection<Document & { _id: string }>('videos');
    await videos.updateOne({ _id: id }, { $unset: { captions: 1, captionsVersion: 1 } });
    expect((await put(id, ownerId, 'en', 'k')).body).toEqual({ replaced: null });
    expect(await internal(id)).toEqual([{ language: 'en', label: 'Words', key: 'k' }]);
  });
});

/** A third letter, then none: tags that are well-formed and differ. */
function letters(n: number): string {
  return `${'abcdefghijklmnopqrstuvwxyz'[n % 26]}${n < 26 ? '' : '-DE'}`;
}
