import { loadSettings, settings } from '@flixtube/chassis/config';

/** Every setting of video-streaming. */
export function readConfig(env: NodeJS.ProcessEnv) {
  const values = loadSettings(
    {
      HOST: settings.host(),
      PORT: settings.port(4004),
      LOG_LEVEL: settings.logLevel(),
      SHUTDOWN_SECONDS: settings.shutdownSeconds(),
      IDENTITY_SECRET: settings.secret('signs identities between gateway and services', 32),
      RABBITMQ_URL: settings.secretUrl('where RabbitMQ is', ['amqp', 'amqps']),
      METADATA_URL: settings.url('where metadata is', 'http://127.0.0.1:4001'),
      VIDEO_STORAGE_URL: settings.url('where video-storage is', 'http://127.0.0.1:4003'),
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
    metadataUrl: values.METADATA_URL,
    videoStorageUrl: values.VIDEO_STORAGE_URL,
  };
}

export type Config = ReturnType<typeof readConfig>;
