import { availableParallelism, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { loadSettings, settings } from '@flixtube/chassis/config';

/** Every setting of video-processing. */
export function readConfig(env: NodeJS.ProcessEnv) {
  const values = loadSettings(
    {
      HOST: settings.host(),
      PORT: settings.port(4006),
      LOG_LEVEL: settings.logLevel(),
      SHUTDOWN_SECONDS: settings.shutdownSeconds(),
      IDENTITY_SECRET: settings.secret('signs identities between gateway and services', 32),
      RABBITMQ_URL: settings.secretUrl('where RabbitMQ is', ['amqp', 'amqps']),
      MONGODB_URL: settings.secretUrl('where MongoDB is', ['mongodb', 'mongodb+srv']),
      MONGODB_DATABASE: settings.text('the database of this service alone', 'video-processing'),
      VIDEO_STORAGE_URL: settings.url('where video-storage is', 'http://127.0.0.1:4003'),
      PROCESSING_CONCURRENCY: settings.integer(
        'tasks that this worker encodes at a time, while it stores what another has made; unset: one a processor',
        { min: 1, max: 256 },
        availableParallelism(),
      ),
      PROCESSING_MEMORY_MIB: settings.integer(
        'MiB of memory for all encoders; a piece that would take more waits. Unset: three quarters of what there is',
        { min: 256, max: 16_777_216 },
        Math.max(256, Math.floor((0.75 * memoryBytes()) / 2 ** 20)),
      ),
      PROCESSING_THREADS: settings.integer('threads of each encoder', { min: 1, max: 64 }, 1),
      PROCESSING_WINDOW: settings.integer(
        'pieces of one video that are in the queue at a time; another video waits behind no more',
        { min: 1, max: 1_000 },
        8,
      ),
      PROCESSING_STALLED_SECONDS: settings.seconds(
        'so long may nothing of a video be done before its tasks are put into the queue again',
        3_600,
      ),
      PROCESSING_CACHE_MIB: settings.integer(
        'MiB of uploaded files that are kept on disk while they are processed, so that each byte is fetched once',
        { min: 16, max: 1_048_576 },
        1_024,
      ),
      PROCESSING_FOLDER: settings.text(
        'where temporary files are written, up to some 100 MB for each task at a time',
        join(tmpdir(), 'flixtube-processing'),
      ),
    },
    env,
  );
  return {
    host: values.HOST,
    port: values.PORT,
    logLevel: values.LOG_LEVEL,
    shutdownSeconds: values.SHUTDOWN_SECONDS,
    identitySecret: values.IDENTITY_SECRET,
    rabbitmqUrl: values.RABBITMQ_URL,
    mongodbUrl: values.MONGODB_URL,
    mongodbDatabase: values.MONGODB_DATABASE,
    videoStorageUrl: values.VIDEO_STORAGE_URL,
    concurrency: values.PROCESSING_CONCURRENCY,
    memoryBytes: values.PROCESSING_MEMORY_MIB * 2 ** 20,
    threads: values.PROCESSING_THREADS,
    window: values.PROCESSING_WINDOW,
    stalledSeconds: values.PROCESSING_STALLED_SECONDS,
    cacheBytes: values.PROCESSING_CACHE_MIB * 2 ** 20,
    folder: values.PROCESSING_FOLDER,
  };
}

export type Config = ReturnType<typeof readConfig>;

/** What this process may use: the limit of its container, or all of the machine's. */
function memoryBytes(): number {
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}
