import { loadSettings, settings } from '@flixtube/chassis/config';

/** Every setting of history. */
export function readConfig(env: NodeJS.ProcessEnv) {
  const values = loadSettings(
    {
      HOST: settings.host(),
      PORT: settings.port(4005),
      LOG_LEVEL: settings.logLevel(),
      SHUTDOWN_SECONDS: settings.shutdownSeconds(),
      IDENTITY_SECRET: settings.secret('signs identities between gateway and services', 32),
      RABBITMQ_URL: settings.secretUrl('where RabbitMQ is', ['amqp', 'amqps']),
      MONGODB_URL: settings.secretUrl('where MongoDB is', ['mongodb', 'mongodb+srv']),
      MONGODB_DATABASE: settings.text('the database of this service alone', 'history'),
      METADATA_URL: settings.url('where metadata is', 'http://127.0.0.1:4001'),
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
    metadataUrl: values.METADATA_URL,
  };
}

export type Config = ReturnType<typeof readConfig>;
