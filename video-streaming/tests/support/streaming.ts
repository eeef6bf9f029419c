import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { Secret } from '@flixtube/chassis/config';
import { createIdentity } from '@flixtube/chassis/identity';
import { newId } from '@flixtube/chassis/ids';
import type { InternalVideo } from '@flixtube/contracts/http/internal';
import { type EventProbe, eventProbe, type TestVhost, testVhost } from '@flixtube/dev-env/testing';
import { readConfig } from '../../src/config.ts';
import { createVideoStreaming } from '../../src/wiring.ts';
import { type FakeMetadata, type FakeStorage, fakeMetadata, fakeStorage } from './fakes.ts';

export interface TestStreaming {
  url: string;
  port: number;
  metadata: FakeMetadata;
  storage: FakeStorage;
  vhost: TestVhost;
  probe: EventProbe;
  /** Headers of a request by this viewer, as the gateway sends them. */
  by(viewerId: string): Promise<Record<string, string>>;
  /** Puts a video into the fakes. */
  add(video?: { bytes?: Buffer; ownerId?: string; visibility?: InternalVideo['visibility'] }): InternalVideo;
  /** Asks until it is so; rejects after 20 s. */
  eventually(isSo: () => Promise<boolean>): Promise<void>;
  /** Resolves when it is ready, its broker included. */
  ready(): Promise<void>;
  stop(): Promise<void>;
}

const identitySecret = 'an identity secret only for tests, 32+';

/** The real service on a real broker, with metadata and video-storage played by fakes. */
export async function startStreaming(env: Record<string, string> = {}): Promise<TestStreaming> {
  const identity = createIdentity({ secret: new Secret(identitySecret), service: 'gateway' });
  const [vhost, metadata, storage] = await Promise.all([testVhost(), fakeMetadata(identity), fakeStorage(identity)]);
  const probe = await eventProbe(vhost.url);
  const service = createVideoStreaming(
    readConfig({
      PORT: '0',
      HOST: '127.0.0.1',
      LOG_LEVEL: 'silent',
      SHUTDOWN_SECONDS: '1',
      IDENTITY_SECRET: identitySecret,
      RABBITMQ_URL: vhost.url,
      METADATA_URL: metadata.url,
      VIDEO_STORAGE_URL: storage.url,
      ...env,
    }),
  );
  await service.start();
  const eventually = async (isSo: () => Promise<boolean>): Promise<void> => {
    const deadline = Date.now() + 20_000;
    while (!(await isSo())) {
      if (Date.now() > deadline) throw new Error('it was not so within 20 s');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const ready = () => eventually(async () => (await fetch(`${service.url}/health/ready`)).status === 200);
  await ready();
  return {
    url: service.url,
    port: Number(new URL(service.url).port),
    metadata,
    storage,
    vhost,
    probe,
    eventually,
    ready,
    async by(viewerId) {
      return { 'x-flixtube-identity': await identity.issue({ kind: 'viewer', id: viewerId }) };
    },
    add({ bytes = randomBytes(1000), ownerId = newId(), visibility = 'public' } = {}) {
      const id = newId();
      const source = storage.put(`videos/${id}/source`, bytes);
      const nothing = { manifest: null, poster: null, storyboard: null, captions: [], chapters: null };
      const video: InternalVideo = { id, ownerId, visibility, durationSeconds: 12.5, source, ...nothing };
      metadata.videos.set(id, video);
      return video;
    },
    async stop() {
      await service.stop({ hasten: true });
      await Promise.all([metadata.kill(), storage.kill(), probe.close()]);
      await vhost.close();
    },
  };
}

/** A connection on which a GET has been sent, with all control over when it is read and closed. */
export function rawGet(port: number, path: string, headers: Record<string, string> = {}): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      const fields = Object.entries({ host: 'x', ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
      socket.write(`GET ${path} HTTP/1.1\r\n${fields.join('')}\r\n`);
      socket.off('error', reject).on('error', () => undefined);
      resolve(socket);
    });
    socket.once('error', reject);
  });
}
