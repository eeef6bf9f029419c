import { loadSettings, settings } from '@flixtube/chassis/config';
import { readKinds } from './domain/kinds.ts';
import { MOST_UPLOAD_BYTES } from './domain/resumable/upload.ts';

const gibibyte = 1024 ** 3;

/** Every setting of video-upload. */
export function readConfig(env: NodeJS.ProcessEnv) {
  const values = loadSettings(
    {
      HOST: settings.host(),
      PORT: settings.port(4002),
      LOG_LEVEL: settings.logLevel(),
      SHUTDOWN_SECONDS: settings.shutdownSeconds(),
      IDENTITY_SECRET: settings.secret('signs identities between gateway and services', 32),
      RABBITMQ_URL: settings.secretUrl('where RabbitMQ is', ['amqp', 'amqps']),
      MONGODB_URL: settings.secretUrl('where MongoDB is', ['mongodb', 'mongodb+srv']),
      MONGODB_DATABASE: settings.text('the database of this service alone', 'video-upload'),
      VIDEO_STORAGE_URL: settings.url('where video-storage is', 'http://127.0.0.1:4003'),
      METADATA_URL: settings.url('where metadata is', 'http://127.0.0.1:4001'),
      UPLOAD_MAX_BYTES: settings
        .bytes('largest file that is taken; at most 156GiB', 20 * gibibyte)
        .refine((bytes) => bytes <= MOST_UPLOAD_BYTES, 'must be at most 156GiB'),
      UPLOAD_KINDS: settings
        .text('media types of the files that are taken, separated by commas; video/* takes every video', 'video/*')
        .refine((text) => readKinds(text) !== undefined, 'must be video/*, or types such as video/mp4, video/webm'),
      UPLOAD_ABANDONED_SECONDS: settings.seconds(
        'seconds without a sign of life from the process that received an upload, after which its remains are removed',
        180,
      ),
      UPLOAD_SWEEP_SECONDS: settings.seconds('seconds between two looks for such remains', 30),
      UPLOAD_RECORD_SECONDS: settings.seconds('seconds that the record of a finished upload is kept', 24 * 3600),
      UPLOAD_EXPIRES_SECONDS: settings
        .seconds('seconds after its last byte until an unfinished upload expires; at most 6 days', 24 * 3600)
        // Azure lets go of blocks that are not committed a week after the last one came.
        .refine((seconds) => seconds <= 6 * 24 * 3600, 'must be at most 518400 (6 days)'),
      UPLOAD_LEASE_SECONDS: settings.seconds(
        'seconds that an upload stays locked after the last sign of life from the replica that receives its bytes',
        10,
      ),
      UPLOADS_PER_VIEWER: settings.integer(
        'how many unfinished uploads a viewer may have at a time',
        { min: 1, max: 10_000 },
        20,
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
    metadataUrl: values.METADATA_URL,
    uploadMaxBytes: values.UPLOAD_MAX_BYTES,
    uploadKinds: readKinds(values.UPLOAD_KINDS) ?? [],
    abandonedSeconds: values.UPLOAD_ABANDONED_SECONDS,
    sweepSeconds: values.UPLOAD_SWEEP_SECONDS,
    recordSeconds: values.UPLOAD_RECORD_SECONDS,
    expiresSeconds: values.UPLOAD_EXPIRES_SECONDS,
    leaseSeconds: values.UPLOAD_LEASE_SECONDS,
    uploadsPerViewer: values.UPLOADS_PER_VIEWER,
  };
}

export type Config = ReturnType<typeof readConfig>;
