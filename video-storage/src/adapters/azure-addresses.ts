import {
  BlobSASPermissions,
  BlobServiceClient,
  type ContainerClient,
  generateBlobSASQueryParameters,
  SASProtocol,
  StorageSharedKeyCredential,
  type UserDelegationKey,
} from '@azure/storage-blob';
import type { AddressSigner } from '../domain/addresses.ts';
import { withAzure } from './azure-errors.ts';

/** Clocks differ: Azure would refuse what begins in its future. */
const skewMs = 5 * 60_000;
/** A key for signatures is good for seven days at most; a few hours are enough. */
const delegationMs = 4 * 60 * 60_000;

/**
 * Addresses with a service SAS by the account's key where there is one (Azurite), else with a user delegation SAS by the
 * identity that this service runs as, which needs the role Storage Blob Delegator.
 * learn.microsoft.com/rest/api/storageservices/create-user-delegation-sas
 * @param publicUrl where viewers reach the account: a CDN, or another name of it. What is signed is the path of the blob
 * within the account, so the signature holds under any host.
 */
export function azureAddresses(container: ContainerClient, publicUrl: string | undefined): AddressSigner {
  const { containerName, accountName, credential } = container;
  const accountUrl = container.url.slice(0, container.url.lastIndexOf('/'));
  const base = (publicUrl ?? accountUrl).replace(/\/$/, '');
  const https = base.startsWith('https:');
  const service = new BlobServiceClient(accountUrl, credential);
  let delegated: Promise<UserDelegationKey> | undefined;
  let delegatedUntil = 0;

  /** One key for all addresses of some hours. A failure is not remembered. */
  function delegation(expiresAt: Date): Promise<UserDelegationKey> {
    const now = Date.now();
    if (delegated !== undefined && expiresAt.getTime() <= delegatedUntil) return delegated;
    const until = new Date(Math.max(now + delegationMs, expiresAt.getTime()));
    const asked = withAzure({ ms: 5_000 }, (abortSignal) =>
      service.getUserDelegationKey(new Date(now - skewMs), until, { abortSignal }),
    );
    delegated = asked;
    delegatedUntil = until.getTime();
    asked.catch(() => {
      if (delegated === asked) delegated = undefined;
    });
    return asked;
  }

  return {
    async sign(key, { expiresAt, cacheControl }) {
      const values = {
        containerName,
        blobName: key,
        permissions: BlobSASPermissions.from({ read: true }),
        expiresOn: expiresAt,
        protocol: https ? SASProtocol.Https : SASProtocol.HttpsAndHttp,
        cacheControl,
      };
      const query =
        credential instanceof StorageSharedKeyCredential
          ? generateBlobSASQueryParameters(values, credential)
          : generateBlobSASQueryParameters(values, await delegation(expiresAt), accountName);
      return `${base}/${containerName}/${key}?${query.toString()}`;
    },
  };
}
