import type { ContainerClient } from '@azure/storage-blob';
import type { Resource } from '@flixtube/chassis/service';
import { type AzureAccount, azureAccount } from './azure-account.ts';
import { withAzure } from './azure-errors.ts';

/** The container of an account, and what looks after it as long as the service runs. */
export function azureContainer(o: { account: AzureAccount; name: string }): {
  client: ContainerClient;
  resource: Resource;
} {
  const client = azureAccount(o.account).getContainerClient(o.name);
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
