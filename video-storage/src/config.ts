import { loadSettings, settings } from '@flixtube/chassis/config';
import { z } from 'zod';

/** Every setting of video-storage. */
export function readConfig(env: NodeJS.ProcessEnv) {
  const values = loadSettings(
    {
      HOST: settings.host(),
      PORT: settings.port(4003),
      LOG_LEVEL: settings.logLevel(),
      SHUTDOWN_SECONDS: settings.shutdownSeconds(),
      IDENTITY_SECRET: settings.secret('signs identities between gateway and services', 32),
      RABBITMQ_URL: settings.secretUrl('where RabbitMQ is', ['amqp', 'amqps']),
      AZURE_STORAGE_CONNECTION_STRING: settings.secret('how to reach the Azure storage account'),
      AZURE_STORAGE_CONTAINER: z
        .string()
        // As Azure has it: learn.microsoft.com/rest/api/storageservices/naming-and-referencing-containers--blobs--and-metadata
        .regex(
          /^(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*$/,
          'must be 3 to 63 lowercase letters, digits and single hyphens between them',
        )
        .default('videos')
        .describe('the blob container, made when it is missing'),
      CDN_URL: settings
        .url('where viewers reach the storage account: a CDN before it, or its own address as they see it')
        .optional(),
      ADDRESS_SECONDS: settings.integer(
        'longest that an address of an object works for, in seconds',
        { min: 2, max: 12 * 60 * 60 },
        600,
      ),
      VIEWER_ORIGINS: z
        .string()
        .transform((text) => text.split(',').map((origin) => origin.trim()))
        .pipe(z.array(z.url().refine((url) => URL.parse(url)?.origin === url, 'must be origins, as https://a.example')))
        .default([])
        .describe('origins whose pages may read addresses; the store is told at the start, unless there are none'),
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
    azureConnectionString: values.AZURE_STORAGE_CONNECTION_STRING,
    azureContainer: values.AZURE_STORAGE_CONTAINER,
    cdnUrl: values.CDN_URL,
    addressSeconds: values.ADDRESS_SECONDS,
    viewerOrigins: values.VIEWER_ORIGINS,
  };
}

export type Config = ReturnType<typeof readConfig>;
