import { Secret } from '@flixtube/chassis/config';
import { type Caller, createIdentity, identityHeader } from '@flixtube/chassis/identity';
import { newId } from '@flixtube/chassis/ids';
import { createLogger } from '@flixtube/chassis/logger';
import { newEvent } from '@flixtube/chassis/messaging';
import type { Service } from '@flixtube/chassis/service';
import { type VideoUploaded, videoUploaded } from '@flixtube/contracts/events/video-uploaded';
import { type VideoViewed, videoViewed } from '@flixtube/contracts/events/video-viewed';
import type { Problem } from '@flixtube/contracts/http/problem';
import type { Video } from '@flixtube/contracts/http/video';
import { type EventProbe, eventProbe, type TestDatabase, testDatabase, testVhost } from '@flixtube/dev-env/testing';
import { expect } from '@jest/globals';
import type { Config } from '../src/config.ts';
import { createMetadata } from '../src/wiring.ts';

const secret = new Secret('a secret of the tests, long enough to sign');
const identity = createIdentity({ secret, service: 'test' });

export interface Answer<T> {
  status: number;
  headers: Headers;
  body: T;
}

export interface CallOptions {
  /** Who calls; a fresh viewer unless said, nobody for null. */
  as?: Caller | null;
  /** Sent as JSON, text as it is. */
  body?: unknown;
  headers?: Record<string, string>;
}

export interface Metadata {
  service: Service;
  probe: EventProbe;
  database: TestDatabase;
  call<T = unknown>(method: string, path: string, options?: CallOptions): Promise<Answer<T>>;
  /** Puts a video into the catalogue as video-upload does, and answers it as its owner sees it. */
  announce(given?: Partial<VideoUploaded> & { createdAt?: string }): Promise<Video>;
  cutConnections(): Promise<number>;
  /** Another instance of the service, on the same backends. */
  startReplica(): Promise<Service>;
  close(): Promise<void>;
}

/** The service on backends of its own, ready. */
export async function startMetadata(given: Partial<Config> = {}): Promise<Metadata> {
  const vhost = await testVhost();
  const database = await testDatabase();
  const probe = await eventProbe(vhost.url);
  const config: Config = {
    port: 0,
    host: '127.0.0.1',
    logLevel: 'silent',
    shutdownSeconds: 5,
    identitySecret: secret,
    rabbitmqUrl: new Secret(vhost.url),
    mongodbUrl: new Secret(database.url),
    mongodbDatabase: database.name,
    flagsFile: given.flagsFile,
  };
  const services: Service[] = [];
  const start = async () => {
    const service = createMetadata(config, { logger: createLogger({ service: 'metadata', level: 'silent' }) });
    services.push(service);
    await service.start();
    await eventually(async () => expect((await fetch(`${service.url}/health/ready`)).status).toBe(200));
    return service;
  };
  const service = await start();

  const call: Metadata['call'] = async <T>(method: string, path: string, options: CallOptions = {}) => {
    const { as = viewer(), body, headers = {} } = options;
    const response = await fetch(`${service.url}${path}`, {
      method,
      headers: {
        ...(as === null ? {} : { [identityHeader]: await identity.issue(as) }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: (text === '' ? undefined : JSON.parse(text)) as T,
    };
  };

  return {
    service,
    probe,
    database,
    call,
    announce: async ({ createdAt = new Date().toISOString(), ...given } = {}) => {
      const data = uploadOf(given);
      const answer = await call<Video>('PUT', `/internal/videos/${data.videoId}`, {
        as: aService,
        body: { ...data, createdAt },
      });
      expect(answer.status).toBe(200);
      return answer.body;
    },
    cutConnections: () => vhost.cutConnections(),
    startReplica: start,
    close: async () => {
      await Promise.all(services.map((one) => one.stop()));
      await probe.close();
      await database.close();
      await vhost.close();
    },
  };
}

export const aService: Caller = { kind: 'service', name: 'test' };

export function viewer(id = newId()): Caller {
  return { kind: 'viewer', id };
}

export function uploadOf(given: Partial<VideoUploaded> = {}): VideoUploaded {
  const videoId = given.videoId ?? newId();
  return {
    videoId,
    ownerId: newId(),
    title: 'A walk in the rain',
    description: '',
    visibility: 'public',
    source: { key: `videos/${videoId}/source`, contentType: 'video/mp4', sizeBytes: 1234, sha256: 'ab'.repeat(32) },
    ...given,
  };
}

export const uploadedEvent = (data: VideoUploaded, time?: string) =>
  newEvent(videoUploaded, {
    source: 'video-upload',
    subject: data.videoId,
    data,
    ...(time === undefined ? {} : { time }),
  });

export const viewedEvent = (videoId: string, given: Partial<VideoViewed> & { time?: string } = {}) => {
  const { time, ...data } = given;
  return newEvent(videoViewed, {
    source: 'history',
    subject: videoId,
    data: { videoId, viewerId: newId(), sessionId: newId(), ...data },
    ...(time === undefined ? {} : { time }),
  });
};

/** Repeats `check` until it passes, which it has to within 20 s. */
export async function eventually<T>(check: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
}

/** The answer is a problem of this status, and names these fields and no others. */
export function expectProblem(answer: Answer<unknown>, status: number, ...fields: string[]): void {
  expect({ status: answer.status, body: answer.body }).toEqual({
    status,
    body: expect.objectContaining({
      status,
      type: expect.any(String),
      title: expect.any(String),
      detail: expect.any(String),
    }),
  });
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  const { errors = [] } = answer.body as Problem;
  expect([...new Set(errors.map(({ path }) => path))].sort()).toEqual([...fields].sort());
  expect(JSON.stringify(answer.body)).not.toMatch(/mongo|zod|node_modules|\.ts\b|at \w+ \(/i);
}
