import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type ClientRequest, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import type { ContainerClient } from '@azure/storage-blob';
import { Secret } from '@flixtube/chassis/config';
import { createIdentity, identityHeader } from '@flixtube/chassis/identity';
import { createLogger } from '@flixtube/chassis/logger';
import type { Service } from '@flixtube/chassis/service';
import { type EventProbe, eventProbe, testContainer, testVhost } from '@flixtube/dev-env/testing';
import { readConfig } from '../../src/config.ts';
import { createVideoStorage, type Overrides } from '../../src/wiring.ts';
import { Link } from './link.ts';

const secret = 'a secret of the tests, 32 characters and more';
export const MiB = 1024 * 1024;

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
  /** The body as JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: each test knows what it asked for
  json: any;
}

/** video-storage on a real blob store and broker, with a link between it and the store. */
export interface Storage {
  service: Service;
  /** Between the service and the blob store. */
  link: Link;
  container: ContainerClient;
  probe: EventProbe;
  /** What the service has logged. */
  lines: Record<string, unknown>[];
  vhostUrl: string;
  /** What a process of the service needs to run on the same backends. */
  env: Record<string, string>;
  /** Headers of a request by another service, or by a viewer. */
  headers(kind?: 'service' | 'viewer'): Promise<Record<string, string>>;
  /** Begins a request; its body and end are the test's. */
  begin(method: string, path: string, headers?: Record<string, string | number>): Promise<ClientRequest>;
  ask(method: string, path: string, o?: { headers?: Record<string, string>; body?: Buffer }): Promise<Answer>;
  put(key: string, body: Buffer, query?: string): Promise<Answer>;
  get(key: string, headers?: Record<string, string>): Promise<Answer>;
  /** Names of all blobs in the container, those with nothing but staged blocks included. */
  everything(): Promise<string[]>;
  close(): Promise<void>;
}

export async function createStorage(
  o: { overrides?: Overrides; env?: Record<string, string>; cut?: boolean } = {},
): Promise<Storage> {
  const [container, vhost] = await Promise.all([testContainer(), testVhost()]);
  const azure = new URL(/BlobEndpoint=([^;]+)/.exec(container.connectionString)?.[1] ?? '');
  const link = new Link(azure);
  await link.open();
  if (o.cut) link.cut();
  const probe = await eventProbe(vhost.url);
  const env = {
    HOST: '127.0.0.1',
    PORT: '0',
    IDENTITY_SECRET: secret,
    RABBITMQ_URL: vhost.url,
    AZURE_STORAGE_CONNECTION_STRING: container.connectionString.replace(azure.host, `127.0.0.1:${link.port}`),
    AZURE_STORAGE_CONTAINER: container.name,
    SHUTDOWN_SECONDS: '5',
    ...o.env,
  };
  const lines: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) };
  const logger = createLogger({ service: 'video-storage', level: 'debug', destination });
  const service = createVideoStorage(readConfig(env), { logger, ...o.overrides });
  await service.start();
  if (!o.cut) await service.started();
  const identity = createIdentity({ secret: new Secret(secret), service: 'test' });

  const headers = async (kind: 'service' | 'viewer' = 'service') =>
    kind === 'service'
      ? identity.serviceHeaders()
      : { [identityHeader]: await identity.issue({ kind: 'viewer', id: '0199b1f2-8c3a-7d44-9a51-3f0f6c6a1b2e' }) };

  const begun: ClientRequest[] = [];
  const begin: Storage['begin'] = async (method, path, extra = {}) => {
    const { hostname, port } = new URL(service.url);
    const sent = request({
      host: hostname,
      port,
      method,
      path,
      agent: false,
      headers: { ...(await headers()), ...extra },
    });
    begun.push(sent);
    return sent.on('error', () => undefined);
  };
  const ask: Storage['ask'] = async (method, path, { headers: extra, body } = {}) => {
    const sent = await begin(method, path, { ...extra, ...(body && { 'content-length': body.length }) });
    sent.end(body);
    return answerTo(sent);
  };
  return {
    service,
    link,
    container: container.client,
    probe,
    lines,
    vhostUrl: vhost.url,
    env,
    headers,
    begin,
    ask,
    put: (key, body, query = '') => ask('PUT', `/internal/objects/${key}${query}`, { body }),
    get: (key, extra = {}) => ask('GET', `/internal/objects/${key}`, { headers: extra }),
    everything: async () => {
      const names: string[] = [];
      for await (const { name } of container.client.listBlobsFlat({ includeUncommitedBlobs: true })) names.push(name);
      return names;
    },
    close: async () => {
      for (const request of begun) request.destroy();
      await service.stop({ hasten: true });
      await link.close();
      await probe.close();
      await Promise.all([container.close(), vhost.close()]);
    },
  };
}

/** The whole answer to a request. */
export async function answerTo(sent: ClientRequest): Promise<Answer> {
  const [response]: [IncomingMessage] = (await once(sent, 'response')) as never;
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const isJson = /json/.test(response.headers['content-type'] ?? '');
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    body,
    json: isJson && body.length > 0 ? JSON.parse(body.toString()) : undefined,
  };
}

export function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Bytes that pass for an MP4 file, of any size from 16 on. */
export function video(sizeBytes: number): Buffer {
  const bytes = randomBytes(sizeBytes);
  bytes.writeUInt32BE(16, 0);
  bytes.write('ftypisom', 4, 'latin1');
  bytes.writeUInt32BE(512, 12);
  return bytes;
}

/** Asks until the answer is as wanted; for what nobody tells the test about. */
export async function eventually<T>(
  ask: () => T | Promise<T>,
  wanted: (answer: T) => boolean,
  withinMs = 10_000,
): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (wanted(answer)) return answer;
    if (performance.now() > deadline) throw new Error(`Not within ${withinMs} ms; last: ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
