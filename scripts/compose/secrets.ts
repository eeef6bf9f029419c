import { randomBytes } from 'node:crypto';

const mongodbUser = 'flixtube';
const rabbitmqUser = 'flixtube';
const blobAccount = 'flixtube';

/** Each secret: how a random one is made, and whether the data of a backend is bound to it from the first start on. */
const kinds = {
  MONGODB_PASSWORD: { make: () => randomBytes(24).toString('base64url'), bound: true },
  RABBITMQ_PASSWORD: { make: () => randomBytes(24).toString('base64url'), bound: true },
  AZURITE_ACCOUNT_KEY: { make: () => randomBytes(64).toString('base64'), bound: false },
  IDENTITY_SECRET: { make: () => randomBytes(32).toString('base64url'), bound: false },
  COOKIE_SECRET: { make: () => randomBytes(32).toString('base64url'), bound: false },
  GRAFANA_PASSWORD: { make: () => randomBytes(24).toString('base64url'), bound: false },
};
export type SecretName = keyof typeof kinds;
const names = Object.keys(kinds) as SecretName[];

/**
 * Each secret: what the environment says, else what was kept, else a new random one.
 * @throws Error with all that is wrong
 */
export function choose(kept: Partial<Record<SecretName, string>>): Record<SecretName, string> {
  const problems: string[] = [];
  const chosen = names.map((name) => {
    const given = process.env[name] || undefined;
    const before = kept[name];
    // What is written here goes through a shell, URLs and configuration files: nothing in it may mean anything there.
    if (given !== undefined && !/^[A-Za-z0-9._~+/=-]+$/.test(given)) {
      problems.push(`${name} may have letters, digits and . _ ~ + / = - only`);
    }
    if (kinds[name].bound && given !== undefined && before !== undefined && given !== before) {
      problems.push(
        `${name} differs from the one that the data was made with. Put that one back (or take the line out, if there ` +
          'was none), or begin anew without any data: docker compose down --volumes',
      );
    }
    return [name, given ?? before ?? kinds[name].make()] as const;
  });
  if (problems.length > 0) throw new Error(`.env is not right:\n  ${problems.join('\n  ')}`);
  return Object.fromEntries(chosen) as Record<SecretName, string>;
}

/** The environment variables of every container that has secrets, backends at the names that they have in Compose. */
export function variablesOf(secrets: Record<SecretName, string>): Record<string, Record<string, string>> {
  const { COOKIE_SECRET } = secrets;
  const { OTEL_EXPORTER_OTLP_ENDPOINT } = process.env;
  const ofEveryService = {
    IDENTITY_SECRET: secrets.IDENTITY_SECRET,
    ...(OTEL_EXPORTER_OTLP_ENDPOINT && { OTEL_EXPORTER_OTLP_ENDPOINT }),
  };
  const mongodbPassword = encodeURIComponent(secrets.MONGODB_PASSWORD);
  const MONGODB_URL = `mongodb://${mongodbUser}:${mongodbPassword}@mongodb:27017/?authSource=admin&directConnection=true`;
  const RABBITMQ_URL = `amqp://${rabbitmqUser}:${encodeURIComponent(secrets.RABBITMQ_PASSWORD)}@rabbitmq:5672`;
  const AZURE_STORAGE_CONNECTION_STRING =
    `DefaultEndpointsProtocol=http;AccountName=${blobAccount};AccountKey=${secrets.AZURITE_ACCOUNT_KEY};` +
    `BlobEndpoint=http://azurite:10000/${blobAccount};`;
  return {
    mongodb: { MONGO_INITDB_ROOT_USERNAME: mongodbUser, MONGO_INITDB_ROOT_PASSWORD: secrets.MONGODB_PASSWORD },
    rabbitmq: { RABBITMQ_DEFAULT_USER: rabbitmqUser, RABBITMQ_DEFAULT_PASS: secrets.RABBITMQ_PASSWORD },
    azurite: { AZURITE_ACCOUNTS: `${blobAccount}:${secrets.AZURITE_ACCOUNT_KEY}` },
    gateway: { ...ofEveryService, COOKIE_SECRET },
    metadata: { ...ofEveryService, MONGODB_URL, RABBITMQ_URL },
    'video-upload': { ...ofEveryService, MONGODB_URL, RABBITMQ_URL },
    'video-storage': { ...ofEveryService, RABBITMQ_URL, AZURE_STORAGE_CONNECTION_STRING },
    'video-streaming': { ...ofEveryService, RABBITMQ_URL },
    history: { ...ofEveryService, MONGODB_URL, RABBITMQ_URL },
    'video-processing': { ...ofEveryService, MONGODB_URL, RABBITMQ_URL },
    operate: { MONGODB_URL, RABBITMQ_URL, AZURE_STORAGE_CONNECTION_STRING },
  };
}
