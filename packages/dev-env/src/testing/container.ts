import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import { setting, uniqueName } from './settings.ts';

export interface TestContainer {
  /** For AZURE_STORAGE_CONNECTION_STRING. */
  connectionString: string;
  /** For AZURE_STORAGE_CONTAINER. */
  name: string;
  /** To look into it from the test. */
  client: ContainerClient;
  /** Deletes it. */
  close(): Promise<void>;
}

/** A fresh, empty blob container. */
export async function testContainer(): Promise<TestContainer> {
  const connectionString = setting('AZURE_STORAGE_CONNECTION_STRING', 'azurite');
  const name = uniqueName();
  const client = BlobServiceClient.fromConnectionString(connectionString).getContainerClient(name);
  await client.create();
  return {
    connectionString,
    name,
    client,
    close: async () => {
      await client.deleteIfExists();
    },
  };
}
