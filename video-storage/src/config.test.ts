import { describe, expect, it } from '@jest/globals';
import { readConfig } from './config.ts';
import { createVideoStorage } from './wiring.ts';

const env = {
  IDENTITY_SECRET: 'a secret of the tests, 32 characters and more',
  RABBITMQ_URL: 'amqp://127.0.0.1:1',
  AZURE_STORAGE_CONNECTION_STRING: 'UseDevelopmentStorage=true',
};

const { AZURE_STORAGE_CONNECTION_STRING, ...without } = env;
const byIdentity = {
  ...without,
  AZURE_STORAGE_ACCOUNT_URL: 'https://account.blob.core.windows.net/',
  AZURE_CLIENT_ID: 'the-client',
  AZURE_TENANT_ID: 'the-tenant',
  AZURE_FEDERATED_TOKEN_FILE: '/var/run/secrets/azure/tokens/azure-identity-token',
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

  it('an account by the identity of the pod: without any key', () => {
    expect(readConfig(byIdentity).azureAccount).toEqual({
      url: 'https://account.blob.core.windows.net',
      identity: {
        clientId: 'the-client',
        tenantId: 'the-tenant',
        authorityHost: 'https://login.microsoftonline.com',
        tokenFile: '/var/run/secrets/azure/tokens/azure-identity-token',
      },
    });
  });

  it('both ways to the account, or neither: refused', () => {
    expect(() => readConfig({ ...byIdentity, AZURE_STORAGE_CONNECTION_STRING })).toThrow(/and not both/);
    expect(() => readConfig(without)).toThrow(/and neither is set/);
  });

  it.each(['AZURE_CLIENT_ID', 'AZURE_TENANT_ID', 'AZURE_FEDERATED_TOKEN_FILE'])(
    'an identity without %s: refused',
    (name) => {
      expect(() => readConfig({ ...byIdentity, [name]: '' })).toThrow(/which AKS sets/);
    },
  );
});
