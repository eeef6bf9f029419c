import { createLogger } from '@flixtube/chassis/logger';
import { connectMongo } from '@flixtube/chassis/mongo';
import { testDatabase } from '@flixtube/dev-env/testing';
import { mongoVideos, prepareVideos } from '../src/adapters/mongo-videos.ts';
import type { VideoDocument } from '../src/adapters/video-document.ts';
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

ownVideosConformance('on MongoDB', onMongoDb);
