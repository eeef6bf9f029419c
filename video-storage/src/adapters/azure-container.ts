import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import { type Secret, SettingsError } from '@flixtube/chassis/config';
import type { Resource } from '@flixtube/chassis/service';
import { withAzure } from './azure-errors.ts';

/** Quick enough that a viewer is told in seconds that the store is gone; what takes part in a PUT is retried as well. */
const retryOptions = { maxTries: 3, retryDelayInMs: 250, maxRetryDelayInMs: 1_000 };

/** The container of an account, and what looks after it as long as the service runs. */
export function azureContainer(o: { connectionString: Secret; name: string }): {
  client: ContainerClient;
  resource: Resource;
} {
  const client = connect(o.connectionString).getContainerClient(o.name);
  return {
    client,
    resource: {
      name: 'azure-blob',
      start: () =>
        withAzure({ ms: 5_000 }, async (abortSignal) => {
          await client.createIfNotExists({ abortSignal });
        }),
      check: () =>
        withAzure({ ms: 900 }, async (abortSignal) => {
          await client.getProperties({ abortSignal });
        }),
      // Its connections are of Node's own agent, which holds no process back.
      stop: async () => {},
    },
  };
}

function connect(connectionString: Secret): BlobServiceClient {
  try {
    return BlobServiceClient.fromConnectionString(connectionString.reveal(), { retryOptions });
  } catch {
    // The library's error may quote the string.
    throw new SettingsError([
      'AZURE_STORAGE_CONNECTION_STRING must be a connection string of Azure Storage, with AccountName and AccountKey or a shared access signature',
    ]);
  }
}
