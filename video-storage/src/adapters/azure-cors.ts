import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import type { Resource } from '@flixtube/chassis/service';
import { withAzure } from './azure-errors.ts';

/**
 * Lets pages of these origins, and no other, read what an address gives. In Azure Terraform says so, since an identity that
 * may write blobs may not change the account; for Azurite it is said here, before the service is ready.
 */
export function azureCors(container: ContainerClient, origins: readonly string[]): Resource {
  const account = new BlobServiceClient(container.url.slice(0, container.url.lastIndexOf('/')), container.credential);
  return {
    name: 'cross-origin rules of the blob store',
    start: async () => {
      if (origins.length === 0) return;
      await withAzure({ ms: 5_000 }, (abortSignal) =>
        account.setProperties(
          {
            cors: [
              {
                allowedOrigins: origins.join(','),
                allowedMethods: 'GET,HEAD,OPTIONS',
                allowedHeaders: 'range,if-match,if-none-match,if-modified-since,if-range',
                exposedHeaders: 'accept-ranges,content-length,content-range,etag',
                maxAgeInSeconds: 86_400,
              },
            ],
          },
          { abortSignal },
        ),
      );
    },
    check: async () => {},
    stop: async () => {},
  };
}
