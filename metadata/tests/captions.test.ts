import { newId } from '@flixtube/chassis/ids';
import { newEvent } from '@flixtube/chassis/messaging';
import { videoChanged } from '@flixtube/contracts/events/video-changed';
import { videoProcessed } from '@flixtube/contracts/events/video-processed';
import type { InternalVideo } from '@flixtube/contracts/http/internal';
import type { Video } from '@flixtube/contracts/http/video';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aService, eventually, expectProblem, type Metadata, startMetadata, viewer } from './support.ts';

let metadata: Metadata;
beforeAll(async () => {
  metadata = await startMetadata();
}, 120_000);
afterAll(() => metadata.close());

const put = (id: string, viewerId: string, language: string, key: string, label = 'Words') =>
  metadata.call<{ replaced: string | null; isNew: boolean }>('PUT', `/internal/videos/${id}/captions/${language}`, {
    as: aService,
    body: { viewerId, label, key },
  });
const remove = (id: string, viewerId: string, language: string) =>
  metadata.call<{ replaced: string | null; isNew: boolean }>(
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
    expect((await put(id, ownerId, 'pt-br', 'k1', 'Português')).body).toEqual({ replaced: null, isNew: true });
    expect((await put(id, ownerId, 'en', 'k2')).body).toEqual({ replaced: null, isNew: true });
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
    expect((await put(id, ownerId, 'en', 'k2')).body).toEqual({ replaced: 'k1', isNew: false });
    expect((await put(id, ownerId, 'en', 'k2')).body).toEqual({ replaced: null, isNew: false });
    expect((await remove(id, ownerId, 'en')).body).toMatchObject({ replaced: 'k2' });
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
});

describe('text tracks and chapters of a file', () => {
  /** Tells that a video is processed, and that it had texts in these languages; resolves when it says so. */
  async function process(id: string, languages: string[], chapters: string | null = null): Promise<string> {
    const processingId = newId();
    const captions = languages.map((language) => ({
      language,
      label: `File ${language}`,
      key: `${processingId}/${language}`,
    }));
    const data = {
      ...{ videoId: id, processingId, durationSeconds: 2, width: 640, height: 360, renditions: [] },
      ...{ manifest: processingId, poster: null, storyboard: null, captions, chapters },
    };
    await metadata.probe.publish(newEvent(videoProcessed, { source: 'video-processing', subject: id, data }));
    await eventually(async () => expect(await internalVideo(id)).toMatchObject({ manifest: processingId }));
    return processingId;
  }
  const internalVideo = async (id: string) =>
    (await metadata.call<InternalVideo>('GET', `/internal/videos/${id}`, { as: aService })).body;
  const shown = async (id: string) => (await internal(id)).map(({ language, label, key }) => [language, label, key]);

  it('are shown beside the owner’s, which go before them in the same language', async () => {
    const ownerId = newId();
    const { id } = await metadata.announce({ ownerId });
    await put(id, ownerId, 'fr', 'own-fr');
    const first = await process(id, ['de', 'en', 'fr'], 'chapters-key');

    expect(await shown(id)).toEqual([
      ['de', 'File de', `${first}/de`],
      ['en', 'File en', `${first}/en`],
      ['fr', 'Words', 'own-fr'],
    ]);
    expect((await internalVideo(id)).chapters).toBe('chapters-key');
    const { links } = (await metadata.call<Video>('GET', `/api/videos/${id}`)).body;
    expect(links.captions.map(({ language, url }) => [language, url])).toEqual(
      ['de', 'en', 'fr'].map((language) => [language, `/api/videos/${id}/captions/${language}.vtt`]),
    );
    expect(links.chapters).toBe(`/api/videos/${id}/chapters.vtt`);
  });

  it('are replaced by the owner’s without an object to be removed, for it is the processing’s', async () => {
    const ownerId = newId();
    const { id } = await metadata.announce({ ownerId });
    await process(id, ['en']);
    expect((await put(id, ownerId, 'en', 'own')).body).toEqual({ replaced: null, isNew: false });
    expect((await put(id, ownerId, 'en', 'own-2')).body).toEqual({ replaced: 'own', isNew: false });
    expect(await shown(id)).toEqual([['en', 'Words', 'own-2']]);
    await process(id, ['en']);
    expect(await shown(id)).toEqual([['en', 'Words', 'own-2']]);
  });

  it('stay away once the owner has removed them, also after processing again, until one is put', async () => {
    const ownerId = newId();
    const { id } = await metadata.announce({ ownerId });
    await process(id, ['de', 'en']);
    const before = metadata.probe.published(videoChanged.type).filter(({ subject }) => subject === id).length;
    expect((await remove(id, ownerId, 'en')).body).toMatchObject({ replaced: null });
    await eventually(async () =>
      expect(metadata.probe.published(videoChanged.type).filter(({ subject }) => subject === id)).toHaveLength(
        before + 1,
      ),
    );
    expect((await shown(id)).map(([language]) => language)).toEqual(['de']);
    expectProblem(await remove(id, ownerId, 'en'), 404);
    await process(id, ['de', 'en']);
    expect((await shown(id)).map(([language]) => language)).toEqual(['de']);
    expect((await put(id, ownerId, 'en', 'own')).body).toEqual({ replaced: null, isNew: true });
    expect((await remove(id, ownerId, 'en')).body).toMatchObject({ replaced: 'own' });
    expect((await shown(id)).map(([language]) => language)).toEqual(['de']);
  });

  it('go when a newer processing finds none', async () => {
    const { id } = await metadata.announce();
    await process(id, ['en'], 'chapters-key');
    await process(id, []);
    expect(await internalVideo(id)).toMatchObject({ captions: [], chapters: null });
  });

  it('are none for an event of before there were any', async () => {
    const { id } = await metadata.announce();
    const processingId = newId();
    const old = {
      ...{ videoId: id, processingId, durationSeconds: 2, width: 640, height: 360, renditions: [] },
      ...{ manifest: processingId, poster: null, storyboard: null },
    };
    const data = { ...old, captions: [], chapters: null };
    const event = newEvent(videoProcessed, { source: 'video-processing', subject: id, data });
    await metadata.probe.publish(Object.assign(event, { data: old }));
    await eventually(async () => expect(await internalVideo(id)).toMatchObject({ manifest: processingId }));
    expect(await internalVideo(id)).toMatchObject({ captions: [], chapters: null });
  });
});

/** A third letter, then none: tags that are well-formed and differ. */
function letters(n: number): string {
  return `${'abcdefghijklmnopqrstuvwxyz'[n % 26]}${n < 26 ? '' : '-DE'}`;
}
