import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sha256, videoBytes } from './support/sending.ts';
import { ServiceProcess } from './support/service-process.ts';
import { createSystem, eventually, type System } from './support/system.ts';
import { answerTo, patching, TusClient } from './support/tus-client.ts';

const block = 4 * 1024 * 1024;
const hasty = { UPLOAD_LEASE_SECONDS: '1', UPLOAD_SWEEP_SECONDS: '0.3' };

describe('uploads in pieces, whatever ends or is shared', () => {
  let system: System;
  const processes: ServiceProcess[] = [];

  beforeEach(async () => {
    system = await createSystem();
  });
  afterEach(async () => {
    await Promise.all(processes.splice(0).map((one) => one.end('SIGKILL')));
    await system.close();
  });

  async function started(): Promise<ServiceProcess> {
    const one = await ServiceProcess.start({ ...system.env, ...hasty });
    processes.push(one);
    await one.ready();
    return one;
  }

  const recordOf = async (path: string) =>
    Object((await system.records()).find(({ _id }) => path.endsWith(_id))) as Record<string, unknown>;

  async function expectOneVideo(path: string, body: Buffer): Promise<void> {
    const id = path.slice(-36);
    expect(system.storage.objects.get(`videos/${id}/source`)).toMatchObject({ sha256: sha256(body) });
    await system.probe.next('video.uploaded');
    await eventually(
      () => recordOf(path),
      (record) => (record.outbox as unknown[]).length === 0,
    );
    expect(new Set(system.probe.published('video.uploaded').map((event) => event.id)).size).toBe(1);
    expect(system.storage.blocks.size).toBe(0);
  }

  it('two replicas serve one upload in turn: the file is whole', async () => {
    const [one, other] = [await system.start(), await system.start()];
    const client = new TusClient(one.url, await system.viewer());
    const body = videoBytes(2_000_000);
    const path = await client.created(body.length);
    for (let at = 0, turn = 0; at < body.length; turn += 1) {
      const replica = client.at(turn % 2 === 0 ? one.url : other.url);
      expect(await replica.offset(path)).toBe(at);
      const answer = await replica.patch(path, at, body.subarray(at, at + 123_457));
      expect(answer.status).toBe(204);
      at = Number(answer.headers['upload-offset']);
    }
    await expectOneVideo(path, body);
  });

  it('one of two at the same time gets the lease, through whichever replica: 423 or 409 for the other', async () => {
    const [one, other] = [await system.start(), await system.start()];
    const client = new TusClient(one.url, await system.viewer());
    const body = videoBytes(block + 5);
    const path = await client.created(body.length);
    const answers = await Promise.all([client.patch(path, 0, body), client.at(other.url).patch(path, 0, body)]);
    expect(answers.map(({ status }) => status).sort()[0]).toBe(204);
    expect([409, 423]).toContain(answers.map(({ status }) => status).sort()[1]);
    await expectOneVideo(path, body);
  });

  it('a connection that has gone silent holds nobody off for long, and its late bytes count no more', async () => {
    const service = await system.start(hasty);
    const client = new TusClient(service.url, await system.viewer());
    const body = videoBytes(300_000);
    const path = await client.created(body.length);
    const silent = client.begin('PATCH', path, { ...patching(0), 'content-length': body.length });
    silent.write(body.subarray(0, 10_000));
    await eventually(
      () => recordOf(path),
      ({ leaseToken }) => leaseToken !== '',
    );
    expect((await client.patch(path, 0, body)).status).toBe(423);

    const took = await eventually(
      () => client.patch(path, 0, body.subarray(0, 100_000)),
      ({ status }) => status !== 423,
    );
    expect(took).toMatchObject({ status: 204, headers: { 'upload-offset': '100000' } });
    const late = answerTo(silent);
    silent.end(videoBytes(290_000, 7));
    expect([409, 423]).toContain((await late).status);
    expect((await client.patch(path, 100_000, body.subarray(100_000))).status).toBe(204);
    await expectOneVideo(path, body);
  });

  it('the replica is killed in the middle of a PATCH: another one goes on after seconds, from what was stored', async () => {
    const first = await started();
    const client = new TusClient(first.url, await system.viewer());
    const body = videoBytes(3 * block);
    const path = await client.created(body.length);
    const req = client.begin('PATCH', path, { ...patching(0), 'content-length': body.length });
    req.write(body.subarray(0, 2 * block + 1_000_000));
    await eventually(
      () => recordOf(path),
      ({ offset }) => offset === 2 * block,
    );
    await first.end('SIGKILL');

    const next = client.at((await started()).url);
    expect(await next.offset(path)).toBe(2 * block);
    const answer = await eventually(
      () => next.patch(path, 2 * block, body.subarray(2 * block)),
      ({ status }) => status !== 423,
    );
    expect(answer).toMatchObject({ status: 204, headers: { 'x-video-id': path.slice(-36) } });
    await expectOneVideo(path, body);
  });

  it.each(['before the blocks are committed', 'after it'])(
    'the replica is killed when all has arrived, %s: the sweep of the next one makes the video, once',
    async (when) => {
      const first = await started();
      const client = new TusClient(first.url, await system.viewer());
      const body = videoBytes(200_000);
      const path = await client.created(body.length);
      const killed = Promise.withResolvers<void>();
      const kill = async () => {
        system.storage.beforeCommit = async () => {};
        await first.end('SIGKILL');
        killed.resolve();
      };
      // After it: the database is away while the store commits, so the commit point is not reached.
      if (when === 'after it') system.storage.beforeCommit = async () => system.mongodb.refuse();
      else system.storage.beforeCommit = kill;
      const patch = client.patch(path, 0, body).catch(() => undefined);
      if (when === 'after it') {
        await eventually(
          () => system.storage.objects.size,
          (count) => count === 1,
        );
        await kill();
        system.mongodb.heal();
      }
      await killed.promise;
      await patch;
      expect((await recordOf(path)).state).toBe('arrived');

      await started();
      await eventually(
        () => recordOf(path),
        ({ state }) => state === 'stored',
      );
      await expectOneVideo(path, body);
    },
  );

  it('a HEAD after such a kill does it as well, and carries the video', async () => {
    const service = await system.start();
    const client = new TusClient(service.url, await system.viewer());
    const body = videoBytes(200_000);
    const path = await client.created(body.length);
    system.storage.beforeCommit = async () => {
      throw new Error('not now');
    };
    expect((await client.patch(path, 0, body)).status).toBe(502);
    system.storage.beforeCommit = async () => {};
    const head = await client.head(path);
    expect(head).toMatchObject({ status: 200, headers: { 'upload-offset': '200000', 'x-video-id': path.slice(-36) } });
    await expectOneVideo(path, body);
  });

  it('is told to end during a PATCH: what has arrived stays', async () => {
    const service = await system.start({ SHUTDOWN_SECONDS: '0.5' });
    const client = new TusClient(service.url, await system.viewer());
    const path = await client.created(300_000);
    const req = client.begin('PATCH', path, { ...patching(0), 'content-length': 300_000 });
    req.write(videoBytes(50_000));
    await eventually(
      () => recordOf(path),
      ({ leaseToken }) => leaseToken !== '',
    );
    await service.stop();
    const record = await recordOf(path);
    expect(record).toMatchObject({ state: 'uploading', offset: 50_000, leaseToken: '' });
  });

  it('an unfinished upload expires: 410 or 404, its blocks go, and then its record', async () => {
    const service = await system.start({ ...hasty, UPLOAD_EXPIRES_SECONDS: '1' });
    const client = new TusClient(service.url, await system.viewer());
    const path = await client.created(300_000);
    const { headers } = await client.patch(path, 0, videoBytes(100_000));
    expect(Date.parse(headers['upload-expires'] as string) - Date.now()).toBeLessThan(2_000);
    await eventually(
      async () => [...system.storage.keys, ...(await system.records())],
      (left) => left.length === 0,
    );
    expect([404, 410]).toContain((await client.head(path)).status);
    expect([404, 410]).toContain((await client.patch(path, 100_000, videoBytes(10))).status);
  });

  it('the blocks are gone when all has arrived: 410, and nothing stays', async () => {
    const service = await system.start();
    const client = new TusClient(service.url, await system.viewer());
    const path = await client.created(200_000);
    await client.patch(path, 0, videoBytes(100_000));
    system.storage.blocks.clear();
    expect((await client.patch(path, 100_000, videoBytes(100_000))).status).toBe(410);
    expect([404, 410]).toContain((await client.head(path)).status);
    expect(system.storage.keys).toEqual([]);
  });

  it('takes 256 MiB in one PATCH: its memory stays flat once it has warmed up', async () => {
    const service = await ServiceProcess.start({ ...system.env, UPLOAD_MAX_BYTES: '1GiB' });
    processes.push(service);
    await service.ready();
    const client = new TusClient(service.url, await system.viewer());
    const small = videoBytes(block);
    let warm = 0;
    let peak = 0;
    const path = await client.created(64 * block);
    const req = client.begin('PATCH', path, { ...patching(0), 'content-length': 64 * block });
    const answer = answerTo(req);
    for (let n = 0; n < 64; n += 1) {
      if (!req.write(small)) await new Promise((resolve) => req.once('drain', resolve));
      const resident = await service.residentBytes();
      if (n < 24) warm = Math.max(warm, resident);
      peak = Math.max(peak, resident);
    }
    req.end();
    expect(await answer).toMatchObject({ status: 204, headers: { 'upload-offset': String(64 * block) } });
    expect((peak - warm) / 2 ** 20).toBeLessThan(25);
  }, 120_000);
});
