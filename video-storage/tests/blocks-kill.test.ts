import type { ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:http';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startProcess } from './support/service-process.ts';
import { answerTo, createStorage, MiB, type Storage, sha256, video } from './support/storage.ts';

const key = 'videos/killed/source';
const idOf = (name: string) => createHash('sha1').update(name).digest('hex');

let storage: Storage;
let service: ChildProcess;
let url: URL;
beforeAll(async () => {
  storage = await createStorage();
  ({ child: service, url } = await startProcess(storage));
});
afterAll(async () => {
  service.kill('SIGKILL');
  await storage.close();
});

it('the service is killed in the middle of a block: those before it are there for another one, and that one is not', async () => {
  const bytes = video(3 * MiB);
  const parts = [bytes.subarray(0, MiB), bytes.subarray(MiB)] as const;
  const begin = async (name: string, length: number) =>
    request(new URL(`/internal/blocks/${key}?block=${idOf(name)}`, url), {
      method: 'PUT',
      agent: false,
      headers: { ...(await storage.headers()), 'content-length': length },
    }).on('error', () => undefined);
  const first = await begin('first', parts[0].length);
  first.end(parts[0]);
  expect((await answerTo(first)).status).toBe(201);
  const second = await begin('second', parts[1].length);
  await new Promise((resolve) => second.write(parts[1].subarray(0, MiB), resolve));
  const exited = once(service, 'exit');
  service.kill('SIGKILL');
  await exited;

  const list = { sizeBytes: bytes.length, sha256: sha256(bytes), contentType: 'video/mp4' };
  const body = Buffer.from(JSON.stringify({ ...list, blocks: ['first', 'second'].map(idOf) }));
  const commit = () =>
    storage.ask('POST', `/internal/blocks/${key}`, { headers: { 'content-type': 'application/json' }, body });
  expect((await commit()).status).toBe(410);
  await storage.ask('PUT', `/internal/blocks/${key}?block=${idOf('second')}`, { body: parts[1] });
  expect((await commit()).status).toBe(201);
  expect((await storage.get(key)).body.equals(bytes)).toBe(true);
});
