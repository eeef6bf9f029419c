import { loadSettings, settings } from '@flixtube/chassis/config';
import { z } from 'zod';

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
      STREAM_DELIVERY: z
        .enum(['proxy', 'redirect'], { error: 'must be proxy or redirect' })
        .default('proxy')
        .describe(
          'how bytes reach viewers: through this service, or from the store or its CDN by short-lived addresses',
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
    metadataUrl: values.METADATA_URL,
    videoStorageUrl: values.VIDEO_STORAGE_URL,
    streamDelivery: values.STREAM_DELIVERY,
  };
}

export type Config = ReturnType<typeof readConfig>;
