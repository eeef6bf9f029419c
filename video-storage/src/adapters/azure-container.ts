import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import type { Secret } from '@flixtube/chassis/config';
import type { Resource } from '@flixtube/chassis/service';
import { withAzure } from './azure-errors.ts';

/** The container that holds all objects. A Resource: made at the start where it is missing. */
export function azureContainer(o: { connectionString: Secret; name: string }): Resource & { client: ContainerClient } {
  const service = BlobServiceClient.fromConnectionString(o.connectionString.reveal(), {
    // A request should fail in the time that a person waits; the SDK's own patience is minutes.
    retryOptions: { maxTries: 3, retryDelayInMs: 100, maxRetryDelayInMs: 1_000, tryTimeoutInMs: 30_000 },
    keepAliveOptions: { enable: true },
  });
  const client = service.getContainerClient(o.name);
  return {
    name: 'azure-blob',
    client,
    start: () =>
      withAzure(async () => {
        await client.createIfNotExists();
      }),
    check: () =>
      withAzure(async () => {
        await client.getProperties({ abortSignal: AbortSignal.timeout(900) });
      }),
    stop: async () => undefined,
  };
}
