import { loadSettings, type Secret, SettingsError, settings } from '@flixtube/chassis/config';
import { z } from 'zod';
import type { AzureAccount } from './adapters/azure-account.ts';

/** Every setting of video-storage. */
export function readConfig(env: NodeJS.ProcessEnv) {
  const values = loadSettings(
    {
      HOST: settings.host(),
      PORT: settings.port(4003),
      LOG_LEVEL: settings.logLevel(),
      SHUTDOWN_SECONDS: settings.shutdownSeconds(),
      IDENTITY_SECRET: settings.secret('signs identities between gateway and services', 32),
      RABBITMQ_URL: settings.secretUrl('where RabbitMQ is', ['amqp', 'amqps']),
      AZURE_STORAGE_CONNECTION_STRING: settings
        .secret('how to reach the Azure storage account, with its key')
        .optional(),
      AZURE_STORAGE_ACCOUNT_URL: settings.url('the storage account, reached by the identity of the pod').optional(),
      // The identity, as AKS tells it: learn.microsoft.com/azure/aks/workload-identity-overview
      AZURE_CLIENT_ID: settings.text('which identity').optional(),
      AZURE_TENANT_ID: settings.text('the tenant of the identity').optional(),
      AZURE_AUTHORITY_HOST: settings.url('where Entra is', 'https://login.microsoftonline.com'),
      AZURE_FEDERATED_TOKEN_FILE: settings.text("where the token of the pod's service account is").optional(),
      AZURE_STORAGE_CONTAINER: z
        .string()
        // As Azure has it: learn.microsoft.com/rest/api/storageservices/naming-and-referencing-containers--blobs--and-metadata
        .regex(
          /^(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*$/,
          'must be 3 to 63 lowercase letters, digits and single hyphens between them',
        )
        .default('videos')
        .describe('the blob container, made when it is missing'),
      CDN_URL: settings
        .url('where viewers reach the storage account: a CDN before it, or its own address as they see it')
        .optional(),
      ADDRESS_SECONDS: settings.integer(
        'longest that an address of an object works for, in seconds',
        { min: 2, max: 12 * 60 * 60 },
        600,
      ),
      VIEWER_ORIGINS: z
        .string()
        .transform((text) => text.split(',').map((origin) => origin.trim()))
        .pipe(z.array(z.url().refine((url) => URL.parse(url)?.origin === url, 'must be origins, as https://a.example')))
        .default([])
        .describe('origins whose pages may read addresses; the store is told at the start, unless there are none'),
    },
    env,
  );
  return {
    host: values.HOST,
    port: values.PORT,
    logLevel: values.LOG_LEVEL,
    shutdownSeconds: values.SHUTDOWN_SECONDS,
    identitySecret: values.IDENTITY_SECRET,
    rabbitmqUrl: values.RABBITMQ_URL,
    azureAccount: accountOf(values),
    azureContainer: values.AZURE_STORAGE_CONTAINER,
    cdnUrl: values.CDN_URL,
    addressSeconds: values.ADDRESS_SECONDS,
    viewerOrigins: values.VIEWER_ORIGINS,
  };
}

export type Config = ReturnType<typeof readConfig>;

/** @throws SettingsError neither or both ways to the account, or an identity that is not whole */
function accountOf(values: {
  AZURE_STORAGE_CONNECTION_STRING?: Secret | undefined;
  AZURE_STORAGE_ACCOUNT_URL?: string | undefined;
  AZURE_CLIENT_ID?: string | undefined;
  AZURE_TENANT_ID?: string | undefined;
  AZURE_AUTHORITY_HOST: string;
  AZURE_FEDERATED_TOKEN_FILE?: string | undefined;
}): AzureAccount {
  const { AZURE_STORAGE_CONNECTION_STRING: connectionString, AZURE_STORAGE_ACCOUNT_URL: url } = values;
  if ((connectionString === undefined) === (url === undefined)) {
    throw new SettingsError([
      `AZURE_STORAGE_CONNECTION_STRING or AZURE_STORAGE_ACCOUNT_URL: one of them is required, ${url ? 'and not both' : 'and neither is set'}`,
    ]);
  }
  if (connectionString !== undefined) return { connectionString };
  const { AZURE_CLIENT_ID: clientId, AZURE_TENANT_ID: tenantId, AZURE_FEDERATED_TOKEN_FILE: tokenFile } = values;
  if (url === undefined || clientId === undefined || tenantId === undefined || tokenFile === undefined) {
    throw new SettingsError([
      'AZURE_STORAGE_ACCOUNT_URL asks for AZURE_CLIENT_ID, AZURE_TENANT_ID and AZURE_FEDERATED_TOKEN_FILE, which AKS sets where the service account is bound to an identity',
    ]);
  }
  return { url, identity: { clientId, tenantId, tokenFile, authorityHost: values.AZURE_AUTHORITY_HOST } };
}
