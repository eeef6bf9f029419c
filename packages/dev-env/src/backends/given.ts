import { BlobServiceClient } from '@azure/storage-blob';
import { connect } from 'amqplib';
import { messageOf, SetupFailure } from '../setup-failure.ts';
import type { Backend } from './backend.ts';
import { answersPing } from './mongodb.ts';

const reachableWithinMs = 5_000;

/** The RabbitMQ that RABBITMQ_URL names, once it has answered; undefined when the variable is not set. */
export function givenRabbitmq(env: NodeJS.ProcessEnv): Promise<Backend> | undefined {
  const url = env.RABBITMQ_URL;
  if (!url) return undefined;
  const check = async () => {
    const connection = await connect(url, { timeout: reachableWithinMs });
    await connection.close();
  };
  const management = env.RABBITMQ_MANAGEMENT_URL || managementBeside(url);
  return given({
    name: 'rabbitmq',
    variable: 'RABBITMQ_URL',
    url,
    defaultPort: 5672,
    check,
    env: { RABBITMQ_URL: url, RABBITMQ_MANAGEMENT_URL: management },
  });
}

/** The MongoDB that MONGODB_URL names, once it has answered; undefined when the variable is not set. */
export function givenMongodb(env: NodeJS.ProcessEnv): Promise<Backend> | undefined {
  const url = env.MONGODB_URL;
  if (!url) return undefined;
  const check = () => answersPing(url, reachableWithinMs);
  return given({ name: 'mongodb', variable: 'MONGODB_URL', url, defaultPort: 27017, check, env: { MONGODB_URL: url } });
}

/** The account that AZURE_STORAGE_CONNECTION_STRING names, once it has answered; undefined when it is not set. */
export function givenAzurite(env: NodeJS.ProcessEnv): Promise<Backend> | undefined {
  const variable = 'AZURE_STORAGE_CONNECTION_STRING';
  const connectionString = env[variable];
  if (!connectionString) return undefined;
  const client = () => BlobServiceClient.fromConnectionString(connectionString, { retryOptions: { maxTries: 1 } });
  const check = async () => {
    await client().getProperties({ abortSignal: AbortSignal.timeout(reachableWithinMs) });
  };
  let url: string;
  try {
    url = client().url;
  } catch (error) {
    throw new SetupFailure(`${variable} is set, but it is not a connection string: ${messageOf(error)}.`);
  }
  return given({
    name: 'azurite',
    variable,
    url,
    defaultPort: 443,
    check,
    env: { [variable]: connectionString },
  });
}

async function given(o: {
  name: Backend['name'];
  variable: string;
  url: string;
  defaultPort: number;
  check(): Promise<void>;
  env: Record<string, string>;
}): Promise<Backend> {
  const shown = withoutSecrets(o.url, o.variable);
  try {
    await o.check();
  } catch (error) {
    throw new SetupFailure(
      `${o.variable} is set, but nothing usable answers at ${shown.url}: ${messageOf(error)}.\n` +
        `Correct ${o.variable}, start what it names, or unset it to have one started here.`,
    );
  }
  return {
    name: o.name,
    product: `given by ${o.variable}`,
    port: shown.port ?? o.defaultPort,
    url: shown.url,
    env: o.env,
    isReady: () =>
      o.check().then(
        () => true,
        () => false,
      ),
    stop: async () => undefined,
  };
}

function withoutSecrets(url: string, variable: string): { url: string; port: number | undefined } {
  if (!URL.canParse(url)) {
    // MongoDB's list of hosts is not a URL by the standard.
    const hosts = /^mongodb(?:\+srv)?:\/\/(?:[^@]*@)?([^/?]+)/.exec(url)?.[1];
    if (!hosts) throw new SetupFailure(`${variable} is set, but it is not a URL.`);
    return { url: `mongodb://${hosts}`, port: undefined };
  }
  const { protocol, hostname, port, pathname } = new URL(url);
  const path = pathname === '/' ? '' : pathname;
  return {
    url: `${protocol}//${hostname}${port ? `:${port}` : ''}${path}`,
    port: port ? Number(port) : undefined,
  };
}

function managementBeside(amqpUrl: string): string {
  const { username, password, hostname } = new URL(amqpUrl);
  return `http://${username || 'guest'}:${password || 'guest'}@${hostname}:15672`;
}
