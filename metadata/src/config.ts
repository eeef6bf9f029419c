import { loadSettings, type Secret, settings } from '@flixtube/chassis/config';
import type { FlagDefinition } from '@flixtube/chassis/flags';

export interface Config {
  port: number;
  host: string;
  logLevel: string;
  shutdownSeconds: number;
  identitySecret: Secret;
  rabbitmqUrl: Secret;
  mongodbUrl: Secret;
  mongodbDatabase: string;
  /** Where flags are turned while it runs. */
  flagsFile: string | undefined;
}

/** What can be turned off, or on for a share of viewers, without a deploy: docs/operating.md. */
export const flagDefinitions = {
  'adaptive-playback': {
    description: 'Players are led to the renditions (HLS); off, to the file as it was uploaded, as before processing',
    share: 100,
  },
} satisfies Record<string, FlagDefinition>;

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
      FLAGS_FILE: settings
        .text('a JSON file of flags that is read again when it changes', '')
        .transform((path) => path || undefined),
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
    flagsFile: values.FLAGS_FILE,
  };
}
