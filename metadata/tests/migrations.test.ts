import { newId } from '@flixtube/chassis/ids';
import type { Video } from '@flixtube/contracts/http/video';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { completeVideos } from '../src/migrations/0001-complete-videos.ts';
import { aService, type Metadata, startMetadata, viewer } from './support.ts';

let metadata: Metadata;
beforeAll(async () => {
  metadata = await startMetadata();
}, 120_000);
afterAll(() => metadata.close());

const addedLater: Record<string, 1> = {
  ...{ processingId: 1, processingVersion: 1, manifest: 1, poster: 1, storyboard: 1 },
  ...{ captions: 1, captionsVersion: 1, fileCaptions: 1, removedCaptions: 1, chapters: 1 },
};

describe('0001-complete-videos', () => {
  const videos = () => metadata.database.db.collection<{ _id: string }>('videos');
  const migrations = () => metadata.database.db.collection<{ _id: string }>('migrations');

  it('gives videos of before there was processing all fields, and leaves what they have', async () => {
    const ownerId = newId();
    const old = await metadata.announce({ ownerId, title: 'Of before' });
    const half = await metadata.announce({ ownerId: newId() });
    await videos().updateOne({ _id: old.id }, { $unset: addedLater });
    const captions = [{ language: 'en', label: 'English', key: 'k' }];
    await videos().updateOne({ _id: half.id }, { $set: { captions, captionsVersion: 1 }, $unset: { chapters: 1 } });
    await videos().insertOne({ _id: newId(), deletedAt: new Date(), outbox: [] } as never);
    await migrations().deleteOne({ _id: completeVideos.id });

    await metadata.startReplica();

    expect(await videos().findOne({ _id: old.id })).toMatchObject({
      ...{ title: 'Of before', processingId: null, processingVersion: 0, manifest: null, captions: [] },
      ...{ captionsVersion: 0, removedCaptions: [], chapters: null },
    });
    expect(await videos().findOne({ _id: half.id })).toMatchObject({ captions, captionsVersion: 1, chapters: null });
    expect(await videos().countDocuments({ deletedAt: { $exists: true }, captions: { $exists: true } })).toBe(0);
    expect(await migrations().findOne({ _id: completeVideos.id })).toMatchObject({ documents: 2 });
    const put = { as: aService, body: { viewerId: ownerId, label: 'Words', key: 'k' } };
    const added = await metadata.call('PUT', `/internal/videos/${old.id}/captions/en`, put);
    expect(added.body).toEqual({ replaced: null, isNew: true });
    const again = await metadata.call('POST', `/api/videos/${old.id}/processing`, { as: viewer(ownerId) });
    expect(again.status).toBe(202);
    const { body } = await metadata.call<Video>('GET', `/api/videos/${old.id}`);
    expect(body.links).toMatchObject({ captions: [{ language: 'en' }], chapters: null });
  });
});
