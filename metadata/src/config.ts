import { loadSettings, type Secret, settings } from '@flixtube/chassis/config';

export interface Config {
  port: number;
  host: string;
  logLevel: string;
  shutdownSeconds: number;
  identitySecret: Secret;
  rabbitmqUrl: Secret;
  mongodbUrl: Secret;
  mongodbDatabase: string;
}

/**
 * Reads every setting of this service.
 *
 * @throws SettingsError that lists all that is missing or malformed
 */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const values = loadSettings(
    {
      PORT: settings.port(4001),
      HOST: settings.host(),
      LOG_LEVEL: settings.logLevel(),
      SHUTDOWN_SECONDS: settings.shutdownSeconds(),
      IDENTITY_SECRET: settings.secret('signs who is calling, the same in every service', 32),
      RABBITMQ_URL: settings.secretUrl('RabbitMQ, with user and password', ['amqp', 'amqps']),
      MONGODB_URL: settings.secretUrl('MongoDB, with user and password where it has them', ['mongodb', 'mongodb+srv']),
      MONGODB_DATABASE: settings.text('the database of this service', 'metadata'),
    },
    env,
  );
  return {
    port: values.PORT,
    host: values.HOST,
    logLevel: values.LOG_LEVEL,
    shutdownSeconds: values.SHUTDOWN_SECONDS,
    identitySecret: values.IDENTITY_SECRET,
    rabbitmqUrl: values.RABBITMQ_URL,
    mongodbUrl: values.MONGODB_URL,
    mongodbDatabase: values.MONGODB_DATABASE,
  };
}
