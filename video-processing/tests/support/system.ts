import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Secret } from '@flixtube/chassis/config';
import { createIdentity } from '@flixtube/chassis/identity';
import { newId } from '@flixtube/chassis/ids';
import { newEvent } from '@flixtube/chassis/messaging';
import type { Service } from '@flixtube/chassis/service';
import { videoDeleted } from '@flixtube/contracts/events/video-deleted';
import { type VideoProcessed, videoProcessed } from '@flixtube/contracts/events/video-processed';
import { videoProcessingRequested } from '@flixtube/contracts/events/video-processing-requested';
import { type VideoSource, videoUploaded } from '@flixtube/contracts/events/video-uploaded';
import { type HlsManifest, hlsManifest } from '@flixtube/contracts/hls-manifest';
import {
  type EventProbe,
  eventProbe,
  type ProbedEvent,
  startProxy,
  type TcpProxy,
  type TestDatabase,
  type TestVhost,
  testDatabase,
  testVhost,
} from '@flixtube/dev-env/testing';
import { type PartDocument, partsCollection } from '../../src/adapters/mongo-parts.ts';
import { type ProcessingDocument, processingsCollection } from '../../src/adapters/mongo-processings.ts';
import { readConfig } from '../../src/config.ts';
import { createVideoProcessing, type Overrides } from '../../src/wiring.ts';
import { type FakeFile, fakeMedia, fakePlan } from './fake-media.ts';
import { FakeStorage } from './fake-storage.ts';

const secret = 'a secret of the tests, 32 characters and more';

export interface Upload {
  videoId: string;
  processingId: string;
  source: VideoSource;
}

/** video-processing's surroundings: real backends of its own, video-storage and the encoders played by fakes. */
export interface System {
  readonly storage: FakeStorage;
  readonly database: TestDatabase;
  readonly vhost: TestVhost;
  readonly probe: EventProbe;
  /** The environment of a worker's process. */
  readonly env: Record<string, string>;
  /** Starts a worker on the fake encoders; resolves when it is ready. */
  start(overrides?: Overrides, env?: Record<string, string>): Promise<Service>;
  /** Starts a worker on ffmpeg. */
  startReal(env?: Record<string, string>): Promise<Service>;
  /** The same as `start`, on a line to the broker of its own. */
  startOnProxy(overrides: Overrides, env?: Record<string, string>): Promise<{ service: Service; broker: TcpProxy }>;
  /** Puts a file into storage. */
  store(file?: Partial<FakeFile> | Buffer): Upload;
  /** Says that it was uploaded. */
  announce(upload: Upload): Promise<void>;
  /** Says that it is to be processed again. */
  request(upload: Upload, processingId?: string): Promise<void>;
  delete(upload: Upload): Promise<void>;
  processing(videoId: string): Promise<ProcessingDocument | null>;
  parts(): Promise<PartDocument[]>;
  /** What lies in the workers' temporary folder, at any depth. */
  temporary(): Promise<string[]>;
  /** Resolves when nothing waits in the queue of tasks and no outbox, and nothing temporary is left. */
  idle(): Promise<void>;
  /** The keys of objects that a processed video must have, and no others: what its event and its manifest name. */
  named(event: ProbedEvent<VideoProcessed>): { manifest: HlsManifest; keys: string[] };
  close(): Promise<void>;
}

export async function createSystem(): Promise<System> {
  const storage = new FakeStorage(createIdentity({ secret: new Secret(secret), service: 'video-storage' }));
  const folder = await mkdtemp(join(tmpdir(), 'flixtube-processing-test-'));
  const [database, vhost] = await Promise.all([testDatabase(), testVhost(), storage.start()]);
  const probe = await eventProbe(vhost.url);
  const services: Service[] = [];
  const proxies: TcpProxy[] = [];
  const env = {
    HOST: '127.0.0.1',
    PORT: '0',
    LOG_LEVEL: process.env.TEST_LOG_LEVEL ?? 'silent',
    SHUTDOWN_SECONDS: '5',
    IDENTITY_SECRET: secret,
    RABBITMQ_URL: vhost.url,
    MONGODB_URL: database.url,
    MONGODB_DATABASE: database.name,
    VIDEO_STORAGE_URL: storage.url,
    PROCESSING_CONCURRENCY: '2',
    PROCESSING_FOLDER: folder,
  };
  const processings = processingsCollection(database.db);
  const parts = partsCollection(database.db);

  const start = (overrides: Overrides = {}, changed: Record<string, string> = {}) =>
    startWith({ media: fakeMedia(), planOf: fakePlan, pauseMs: 1, ...overrides }, changed);
  async function startWith(overrides: Overrides, changed: Record<string, string> = {}): Promise<Service> {
    const service = createVideoProcessing(readConfig({ ...env, ...changed }), overrides);
    services.push(service);
    await service.start();
    await service.started();
    return service;
  }
  const temporary = async () => {
    const all = await readdir(folder, { recursive: true });
    return all.filter((name) => name.includes('/'));
  };
  const say = (event: Parameters<EventProbe['publish']>[0]) => probe.publish(event);

  return {
    storage,
    database,
    vhost,
    probe,
    env,
    start,
    startReal: (changed) => startWith({}, changed),
    async startOnProxy(overrides, changed = {}) {
      const broker = await startProxy(vhost.url);
      proxies.push(broker);
      return { service: await start(overrides, { ...changed, RABBITMQ_URL: broker.url }), broker };
    },
    store(file = {}) {
      const videoId = newId();
      const bytes = Buffer.isBuffer(file)
        ? file
        : Buffer.from(JSON.stringify({ seconds: 21, picture: true, sound: 1, texts: [], chapters: 0, ...file }));
      return { videoId, processingId: newId(), source: storage.upload(videoId, bytes) };
    },
    announce: ({ videoId, processingId, source }) => {
      const data = { videoId, ownerId: newId(), title: 'A', description: '', visibility: 'public' as const, source };
      return say(newEvent(videoUploaded, { source: 'video-upload', subject: videoId, data, id: processingId }));
    },
    request: ({ videoId, source }, processingId = newId()) => {
      const fields = { source: 'metadata', subject: videoId, data: { videoId, source }, id: processingId };
      return say(newEvent(videoProcessingRequested, fields));
    },
    delete: async ({ videoId }) => {
      storage.removeAll(`videos/${videoId}/`);
      const data = { videoId, ownerId: newId() };
      await say(newEvent(videoDeleted, { source: 'metadata', subject: videoId, data }));
    },
    processing: (videoId) => processings.findOne({ _id: videoId }),
    parts: () => parts.find().toArray(),
    temporary,
    async idle() {
      await eventually(
        async () => ({
          queued: await vhost.queueDepth('video-processing.tasks'),
          unpublished: await processings.countDocuments({ 'outbox.id': { $gt: '' } }),
          parts: await parts.countDocuments(),
          temporary: await temporary(),
        }),
        (all) => all.queued + all.unpublished + all.parts + all.temporary.length === 0,
      );
    },
    named({ data }) {
      const manifest = hlsManifest.parse(storage.json(data.manifest));
      const tracks = [...manifest.video, ...manifest.audio];
      const keys = new Set([
        data.manifest,
        `videos/${data.videoId}/source`,
        ...tracks.flatMap(({ init, parts: pieces }) => [init.key, ...pieces.map(({ key }) => key)]),
        ...(data.poster ? [data.poster.key] : []),
        ...data.captions.map(({ key }) => key),
        ...(data.chapters === null ? [] : [data.chapters]),
        ...(data.storyboard ? [data.storyboard.vtt, ...data.storyboard.sprites] : []),
      ]);
      videoProcessed.data.parse(data);
      return { manifest, keys: [...keys].toSorted() };
    },
    async close() {
      await Promise.all(services.map((service) => service.stop({ hasten: true })));
      await Promise.all([...proxies.map((proxy) => proxy.close()), storage.stop(), probe.close()]);
      await Promise.all([database.close(), vhost.close(), rm(folder, { recursive: true, force: true })]);
    },
  };
}

/** Asks until the answer is as wanted; for what nobody tells the test about. */
export async function eventually<T>(
  ask: () => T | Promise<T>,
  wanted: (answer: T) => boolean,
  withinMs = 20_000,
): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (wanted(answer)) return answer;
    if (Date.now() > deadline) throw new Error(`not within ${withinMs} ms; last: ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
