import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadSettings, type Secret, settings } from '@flixtube/chassis/config';

const shapes = {
  RABBITMQ_URL: settings.secretUrl('RabbitMQ, with user and password', ['amqp', 'amqps']),
  MONGODB_URL: settings.secretUrl('MongoDB, with user and password', ['mongodb', 'mongodb+srv']),
  AZURE_STORAGE_CONNECTION_STRING: settings.secret('how to reach the Azure storage account'),
};

// Azurite's own, published account: https://learn.microsoft.com/azure/storage/common/storage-use-azurite
const account = 'devstoreaccount1';
// checkov:skip=CKV_SECRET_3:published, the same in every copy of Azurite
const accountKey = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

/**
 * Where a backend is: what the environment says, by the names that services use; else that of the system which
 * `npm start` runs from this clone.
 * @throws SettingsError when it says neither
 */
export function backend(name: keyof typeof shapes, env: NodeJS.ProcessEnv): Secret {
  const found = loadSettings({ [name]: shapes[name] }, { ...ofStartedSystem(env), ...withoutEmpty(env) });
  return found[name] as Secret;
}

/** The blob container of the videos, by the setting of video-storage. */
export function containerName(env: NodeJS.ProcessEnv): string {
  return env.AZURE_STORAGE_CONTAINER || 'videos';
}

function withoutEmpty(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value));
}

/** From what `npm start` writes down while it runs. */
function ofStartedSystem(env: NodeJS.ProcessEnv): Record<string, string> {
  const folder = env.FLIXTUBE_FOLDER || join(import.meta.dirname, '../../../.flixtube');
  let ports: Record<string, number>;
  try {
    ({ ports } = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')));
  } catch {
    return {};
  }
  return {
    // checkov:skip=CKV_SECRET_4:RabbitMQ's own, which it takes from this machine alone
    RABBITMQ_URL: `amqp://guest:guest@127.0.0.1:${ports.rabbitmq}`,
    MONGODB_URL: `mongodb://127.0.0.1:${ports.mongodb}/?directConnection=true`,
    AZURE_STORAGE_CONNECTION_STRING: `DefaultEndpointsProtocol=http;AccountName=${account};AccountKey=${accountKey};BlobEndpoint=http://127.0.0.1:${ports.azurite}/${account};`,
  };
}
