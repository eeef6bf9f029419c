import { describe, expect, it } from '@jest/globals';
import { readConfig } from './config.ts';
import { createVideoStorage } from './wiring.ts';

const env = {
  IDENTITY_SECRET: 'a secret of the tests, 32 characters and more',
  RABBITMQ_URL: 'amqp://127.0.0.1:1',
  AZURE_STORAGE_CONNECTION_STRING: 'UseDevelopmentStorage=true',
};

describe('the settings', () => {
  it('have defaults for all that is not secret', () => {
    expect(readConfig(env)).toMatchObject({ port: 4003, azureContainer: 'videos' });
  });

  it.each(['Videos', 'a', 'a--b', '-ab', 'ab-', 'a'.repeat(64), 'a_b'])('a container named %j: refused', (name) => {
    expect(() => readConfig({ ...env, AZURE_STORAGE_CONTAINER: name })).toThrow(/AZURE_STORAGE_CONTAINER/);
  });

  it('a connection string that is none: named, and not shown', () => {
    const config = readConfig({ ...env, AZURE_STORAGE_CONNECTION_STRING: 'AccountKey=hunter2' });
    const create = () => createVideoStorage(config);
    expect(create).toThrow(/AZURE_STORAGE_CONNECTION_STRING/);
    expect(create).not.toThrow(/hunter2/);
  });
});
