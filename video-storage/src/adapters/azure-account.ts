import { BlobServiceClient } from '@azure/storage-blob';
import { type Secret, SettingsError } from '@flixtube/chassis/config';
import { type WorkloadIdentity, workloadIdentity } from './workload-identity.ts';

/** A storage account, by its key (Azurite, Compose), or by the identity of the pod: then there is no key to it. */
export type AzureAccount = { connectionString: Secret } | { url: string; identity: WorkloadIdentity };

/** Quick enough that a viewer is told in seconds that the store is gone; what takes part in a PUT is retried as well. */
const retryOptions = { maxTries: 3, retryDelayInMs: 250, maxRetryDelayInMs: 1_000 };

/** @throws SettingsError a connection string that is none */
export function azureAccount(account: AzureAccount): BlobServiceClient {
  if ('url' in account) return new BlobServiceClient(account.url, workloadIdentity(account.identity), { retryOptions });
  try {
    return BlobServiceClient.fromConnectionString(account.connectionString.reveal(), { retryOptions });
  } catch {
    // The library's error may quote the string.
    throw new SettingsError([
      'AZURE_STORAGE_CONNECTION_STRING must be a connection string of Azure Storage, with AccountName and AccountKey or a shared access signature',
    ]);
  }
}
