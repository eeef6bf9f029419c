import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BlobServiceClient } from '@azure/storage-blob';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startAzurite } from '../src/backends/azurite.ts';
import type { Backend } from '../src/backends/backend.ts';
import { freePort } from '../src/ports.ts';

let folder: string;
let azurite: Backend;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flixtube-azurite-'));
  const nothing = () => undefined;
  azurite = await startAzurite({
    ...{ dataFolder: folder, port: await freePort() },
    ...{ say: nothing, onDeath: nothing, onRecovery: nothing },
  });
}, 90_000);
afterAll(async () => {
  await azurite?.stop({ atOnce: true });
  await rm(folder, { recursive: true, force: true });
});

it('what Azurite has acknowledged is there when it was killed at once: a blob, and blocks that wait for their commit', async () => {
  const client = BlobServiceClient.fromConnectionString(azurite.env.AZURE_STORAGE_CONNECTION_STRING ?? '');
  const container = client.getContainerClient('acknowledged');
  await container.create();
  await container.getBlockBlobClient('whole').upload('whole', 5);
  const blob = container.getBlockBlobClient('in pieces');
  const ids = ['one', 'two', 'six'].map((name) => Buffer.from(name).toString('base64'));
  for (const id of ids) await blob.stageBlock(id, id, id.length);
  const gone = azurite.process?.gone();
  azurite.process?.kill('SIGKILL');
  await gone;
  await azurite.process?.ready(60_000);
  await blob.commitBlockList(ids);
  expect((await blob.downloadToBuffer()).toString()).toBe(ids.join(''));
  expect((await container.getBlockBlobClient('whole').downloadToBuffer()).toString()).toBe('whole');
}, 120_000);
