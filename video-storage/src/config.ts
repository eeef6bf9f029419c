import { loadSettings, settings } from '@flixtube/chassis/config';

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
      AZURE_STORAGE_CONNECTION_STRING: settings.secret('where Azure Blob is, and how to get in'),
      AZURE_STORAGE_CONTAINER: settings.text('the container that holds all objects', 'videos'),
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
  };
}

export type Config = ReturnType<typeof readConfig>;
