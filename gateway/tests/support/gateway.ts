import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Secret } from '@flixtube/chassis/config';
import { createIdentity, type Identity } from '@flixtube/chassis/identity';
import { readConfig } from '../../src/config.ts';
import { createGateway } from '../../src/wiring.ts';
import { type FakeNeighbour, fakeNeighbour } from './fake-neighbour.ts';

export interface TestGateway {
  url: string;
  port: number;
  metadata: FakeNeighbour;
  upload: FakeNeighbour;
  streaming: FakeNeighbour;
  history: FakeNeighbour;
  /** Verifies the identities that its neighbours get. */
  identity: Identity;
  /** Empty folders that it serves from. */
  webRoot: string;
  docsRoot: string;
  stop(): Promise<void>;
}

const identitySecret = 'an identity secret only for tests, 32+';

/** The real gateway, with every neighbour played by a fake. `env` overrides its settings. */
export async function startGateway(env: Record<string, string> = {}): Promise<TestGateway> {
  const folder = await mkdtemp(join(tmpdir(), 'flixtube-gateway-'));
  const webRoot = join(folder, 'web');
  const docsRoot = join(folder, 'docs');
  const [metadata, upload, streaming, history] = await Promise.all([
    fakeNeighbour(),
    fakeNeighbour(),
    fakeNeighbour(),
    fakeNeighbour(),
  ]);
  const gateway = createGateway(
    readConfig({
      PORT: '0',
      HOST: '127.0.0.1',
      LOG_LEVEL: 'silent',
      SHUTDOWN_SECONDS: '1',
      IDENTITY_SECRET: identitySecret,
      COOKIE_SECRET: 'a cookie secret only for tests, 32 or more',
      METADATA_URL: metadata.url,
      VIDEO_UPLOAD_URL: upload.url,
      VIDEO_STREAMING_URL: streaming.url,
      HISTORY_URL: history.url,
      WEB_ROOT: webRoot,
      DOCS_ROOT: docsRoot,
      ...env,
    }),
  );
  await gateway.start();
  return {
    url: gateway.url,
    port: Number(new URL(gateway.url).port),
    metadata,
    upload,
    streaming,
    history,
    identity: createIdentity({ secret: new Secret(identitySecret), service: 'test' }),
    webRoot,
    docsRoot,
    async stop() {
      await gateway.stop({ hasten: true });
      await Promise.all([metadata, upload, streaming, history].map((fake) => fake.kill()));
      await rm(folder, { recursive: true });
    },
  };
}
