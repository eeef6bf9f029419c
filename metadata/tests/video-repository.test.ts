import { newId } from '@flixtube/chassis/ids';
import { createLogger } from '@flixtube/chassis/logger';
import { connectMongo } from '@flixtube/chassis/mongo';
import { testDatabase } from '@flixtube/dev-env/testing';
import { describe, expect, it } from '@jest/globals';
import { mongoVideos, prepareVideos } from '../src/adapters/mongo-videos.ts';
import type { VideoDocument } from '../src/adapters/video-document.ts';
import { begun } from '../src/domain/processing.ts';
import { announced, type Video } from '../src/domain/video.ts';
import { captionsConformance } from './captions.conformance.ts';
import { memoryVideos } from './memory-videos.ts';
import { ownVideosConformance } from './own-videos.conformance.ts';
import { videoRepositoryConformance } from './video-repository.conformance.ts';

const inMemory = async () => ({ videos: memoryVideos(), close: async () => {} });
videoRepositoryConformance('in memory', inMemory);
ownVideosConformance('in memory', inMemory);
captionsConformance('in memory', inMemory);

const onMongoDb = async () => {
  const database = await testDatabase();
  const logger = createLogger({ service: 'test', level: 'silent' });
  const mongo = connectMongo({ url: database.url, database: database.name, logger });
  const collection = mongo.db.collection<VideoDocument>('videos');
  await prepareVideos(collection);
  // Events stay where they are: they are the outbox's business. Removed videos are forgotten when theirs has gone out.
  const published: Promise<unknown>[] = [];
  const outbox = {
    name: 'outbox',
    notify: (id: unknown) => {
      published.push(collection.updateOne({ _id: id as string }, { $set: { outbox: [] } }));
    },
    start: async () => {},
    check: async () => {},
    stop: async () => {},
  };
  const videos = mongoVideos({ collection, outbox });
  return {
    collection,
    videos: {
      ...videos,
      forgetRemoved: async (before: Date) => {
        await Promise.all(published);
        return videos.forgetRemoved(before);
      },
    },
    close: async () => {
      await Promise.all(published);
      await mongo.stop();
      await database.close();
    },
  };
};
videoRepositoryConformance('on MongoDB', onMongoDb);
captionsConformance('on MongoDB', onMongoDb);

describe('a document of before there was processing', () => {
  it('is a video of which nothing is known yet, and takes what is told of it', async () => {
    const { videos, collection, close } = await onMongoDb();
    try {
      const video = announced({
        videoId: newId(),
        ownerId: newId(),
        title: 'Old',
        description: '',
        visibility: 'public',
        source: { key: 'k', contentType: 'video/mp4', sizeBytes: 1, sha256: 'a' },
        createdAt: new Date(),
      });
      await videos.add(video);
      const late = { processingId: 1, processingVersion: 1, manifest: 1, poster: 1, storyboard: 1 } as const;
      await collection.updateOne({ _id: video.id }, { $unset: { ...late, captions: 1, captionsVersion: 1 } });
      const found = (await videos.find(video.id)) as Video;
      expect(found).toEqual(video);
      expect(await videos.saveProcessing(begun(found, newId()), true)).toBe(true);
      expect(await videos.saveProcessing(begun(found, newId()), true)).toBe(false);
      expect(await videos.find(video.id)).toMatchObject({ processingVersion: 1, status: 'processing' });
    } finally {
      await close();
    }
  });
});

ownVideosConformance('on MongoDB', onMongoDb);
