import { Secret } from '@flixtube/chassis/config';
import { type Caller, createIdentity, identityHeader } from '@flixtube/chassis/identity';
import { newId } from '@flixtube/chassis/ids';
import { createLogger } from '@flixtube/chassis/logger';
import { newEvent } from '@flixtube/chassis/messaging';
import type { Service } from '@flixtube/chassis/service';
import { type PlaybackProgressed, playbackProgressed } from '@flixtube/contracts/events/playback-progressed';
import type { HistoryItem, HistoryList } from '@flixtube/contracts/http/history';
import { type EventProbe, eventProbe, testDatabase, testVhost } from '@flixtube/dev-env/testing';
import { createHistory } from '../../src/wiring.ts';
import { type FakeMetadata, fakeMetadata } from './fake-metadata.ts';

const secret = new Secret('a secret of the tests, long enough to sign');
const identity = createIdentity({ secret, service: 'test' });

export interface Answer<T> {
  status: number;
  headers: Headers;
  body: T;
}

export interface RunningHistory {
  probe: EventProbe;
  metadata: FakeMetadata;
  call<T = unknown>(method: string, path: string, as?: Caller | null): Promise<Answer<T>>;
  /** A viewer's items of one list, its first page. */
  items(viewerId: string, path?: string): Promise<HistoryItem[]>;
  /** Another instance of the service, on the same backends. */
  startReplica(): Promise<Service>;
  close(): Promise<void>;
}

/** The service on backends of its own, ready. */
export async function startHistory(): Promise<RunningHistory> {
  const vhost = await testVhost();
  const database = await testDatabase();
  const metadata = await fakeMetadata();
  const probe = await eventProbe(vhost.url);
  const services: Service[] = [];
  const start = async () => {
    const config = {
      port: 0,
      host: '127.0.0.1',
      logLevel: 'silent' as const,
      shutdownSeconds: 5,
      identitySecret: secret,
      rabbitmqUrl: new Secret(vhost.url),
      mongodbUrl: new Secret(database.url),
      mongodbDatabase: database.name,
      metadataUrl: metadata.url,
    };
    const service = createHistory(config, { logger: createLogger({ service: 'history', level: 'silent' }) });
    services.push(service);
    await service.start();
    await eventually(
      () => fetch(`${service.url}/health/ready`),
      (answer) => answer.ok,
    );
    return service;
  };
  const service = await start();

  const call: RunningHistory['call'] = async <T>(method: string, path: string, as: Caller | null = viewer()) => {
    const headers = as === null ? {} : { [identityHeader]: await identity.issue(as) };
    const response = await fetch(`${service.url}${path}`, { method, headers });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: (text ? JSON.parse(text) : undefined) as T };
  };

  return {
    probe,
    metadata,
    call,
    items: async (id, path = '/api/history') => (await call<HistoryList>('GET', path, viewer(id))).body.items,
    startReplica: start,
    close: async () => {
      await Promise.all(services.map((one) => one.stop()));
      await probe.close();
      await metadata.close();
      await database.close();
      await vhost.close();
    },
  };
}

export function viewer(id = newId()): Caller {
  return { kind: 'viewer', id };
}

/** A report of a player; a fresh viewer, video and session unless said. */
export function report(given: Partial<PlaybackProgressed> & { at?: string; id?: string } = {}) {
  const { at, id, ...data } = given;
  const videoId = data.videoId ?? newId();
  return newEvent(playbackProgressed, {
    source: 'video-streaming',
    subject: videoId,
    data: { videoId, viewerId: newId(), sessionId: newId(), positionSeconds: 60, watchedSeconds: 1, ...data },
    ...(at === undefined ? {} : { time: at }),
    ...(id === undefined ? {} : { id }),
  });
}

/** Asks until the answer is as wanted, which it has to be within 20 s. */
export async function eventually<T>(ask: () => Promise<T>, wanted: (answer: T) => boolean): Promise<T> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const answer = await ask();
    if (wanted(answer)) return answer;
    if (Date.now() > deadline) throw new Error(`not so within 20 s; the last answer: ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
