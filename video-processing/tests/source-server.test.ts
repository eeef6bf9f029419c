import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createByteClient } from '@flixtube/chassis/byte-client';
import { Secret } from '@flixtube/chassis/config';
import { createIdentity } from '@flixtube/chassis/identity';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sourceServer } from '../src/adapters/source-server.ts';
import { FakeStorage } from './support/fake-storage.ts';

const secret = new Secret('a secret of the tests, 32 characters and more');
const bytes = Buffer.from('0123456789');

let storage: FakeStorage;
let server: ReturnType<typeof sourceServer>;
let close: () => Promise<void>;
beforeEach(async () => {
  storage = new FakeStorage(createIdentity({ secret, service: 'video-storage' }));
  await storage.start();
  const identity = createIdentity({ secret, service: 'video-processing' });
  const client = createByteClient({ baseUrl: storage.url, identity, name: 'video-storage' });
  server = sourceServer(client, { folder: join(tmpdir(), 'flixtube-source-server-test'), mostBytes: 2 ** 20 });
  await server.start();
  close = () => client.close();
});
afterEach(async () => {
  await server.stop();
  await close();
  await storage.stop();
});

const rangeOf = (url: string, range: string) => fetch(url, { headers: { range } });

describe('a source that is served', () => {
  it('when a range is asked for, then just that is answered, from this machine only', async () => {
    const { url, sizeBytes } = server.serve(storage.upload('v', bytes));

    const answer = await rangeOf(url, 'bytes=3-5');

    expect(new URL(url).hostname).toBe('127.0.0.1');
    expect(sizeBytes).toBe(10);
    expect([answer.status, answer.headers.get('content-range'), await answer.text()]).toEqual([
      206,
      'bytes 3-5/10',
      '345',
    ]);
    expect(await (await fetch(url)).text()).toBe('0123456789');
  });

  it('when another path, or another method, is asked for, then nothing is told', async () => {
    const { url } = server.serve(storage.upload('v', bytes));
    const { status } = await fetch(`${url}x`);
    expect(status).toBe(404);
    expect((await fetch(new URL('/internal/objects/videos/v/source', url))).status).toBe(404);
    expect((await fetch(url, { method: 'PUT', body: 'x' })).status).toBe(405);
    expect(storage.objects.size).toBe(1);
  });

  it('when its task is over, then it is served no more, and another one still is', async () => {
    const one = server.serve(storage.upload('v', bytes));
    const other = server.serve(storage.upload('w', bytes));
    one.close();

    expect((await fetch(one.url)).status).toBe(404);
    expect((await fetch(other.url)).status).toBe(200);
  });

  it('when storage is away, then that is no failure of the file: the reason is kept', async () => {
    const one = server.serve(storage.upload('v', bytes));
    storage.isDown = true;

    expect((await fetch(one.url)).status).toBe(502);

    expect(one.failure()).toMatchObject({ kind: 'unavailable' });
  });

  it('when a range beyond its end is asked for, then that is refused, and no failure', async () => {
    const one = server.serve(storage.upload('v', bytes));

    expect((await rangeOf(one.url, 'bytes=10-')).status).toBe(416);

    expect(one.failure()).toBeUndefined();
  });
});
