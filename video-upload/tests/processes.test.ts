import { request as httpRequest } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { send, videoBytes } from './support/sending.ts';
import { ServiceProcess } from './support/service-process.ts';
import { createSystem, eventually, type System } from './support/system.ts';

const mebibyte = 1024 * 1024;

describe('a process of video-upload', () => {
  let system: System;
  const processes: ServiceProcess[] = [];

  beforeEach(async () => {
    system = await createSystem();
  });
  afterEach(async () => {
    await Promise.all(processes.splice(0).map((one) => one.end('SIGKILL')));
    await system.close();
  });

  async function start(env: Record<string, string> = {}): Promise<ServiceProcess> {
    const started = await ServiceProcess.start({ ...system.env, ...env });
    processes.push(started);
    return started;
  }

  it('is killed after it has acknowledged an upload and before it could publish it: the next one does, once', async () => {
    const first = await start();
    await first.ready();
    system.rabbitmq.refuse();
    const { status, body } = await send(first.url, { headers: await system.viewer(), body: videoBytes(100_000) });
    expect(status).toBe(201);
    const [committed] = await system.records();
    expect(committed?.outbox).toHaveLength(1);

    await first.end('SIGKILL');
    system.rabbitmq.heal();
    await start();

    const event = await system.probe.next('video.uploaded');
    expect(event.id).toBe(committed?.outbox[0]?.id);
    expect(event.data.videoId).toBe(body.id);
    await eventually(
      () => system.records(),
      ([record]) => record?.outbox.length === 0,
    );
    expect(system.probe.published('video.uploaded')).toHaveLength(1);
    expect(system.storage.objects.has(`videos/${body.id}/source`)).toBe(true);
  });

  it('is killed at any time while ten uploads come in: what was acknowledged counts once, the rest leaves nothing', async () => {
    const sweeping = { UPLOAD_ABANDONED_SECONDS: '2', UPLOAD_SWEEP_SECONDS: '0.5' };
    const first = await start(sweeping);
    await first.ready();
    // Half of them end before the kill, the other half never would.
    const held = Promise.withResolvers<void>();
    const bodyOf = (index: number) =>
      (async function* () {
        yield videoBytes(100_000, index);
        if (index % 2 === 1) await held.promise;
      })();
    const headers = await system.viewer();
    const outcomes = Array.from({ length: 10 }, (_, index) =>
      send(first.url, { headers, body: bodyOf(index) }).then(
        ({ body }) => body.id,
        () => undefined,
      ),
    );
    const acknowledged = await Promise.all(outcomes.filter((_, index) => index % 2 === 0));
    await eventually(
      () => system.storage.keys.length,
      (count) => count === 10,
    );

    await first.end('SIGKILL');
    held.resolve();
    await Promise.all(outcomes);
    await start(sweeping);

    for (const id of acknowledged) {
      const events = () => system.probe.published('video.uploaded').filter(({ data }) => data.videoId === id);
      await eventually(events, (found) => found.length > 0);
      expect(new Set(events().map((event) => event.id)).size).toBe(1);
    }
    await eventually(
      async () => [...system.storage.keys, ...(await system.records()).map(({ state }) => state)].toSorted(),
      (left) => left.length === 10 && !left.includes('receiving') && !left.includes('abandoned'),
    );
    expect(system.storage.keys.toSorted()).toEqual(acknowledged.map((id) => `videos/${id}/source`).toSorted());
  });

  it('is told to end during an upload: the upload ends well, then the process does, with code 0', async () => {
    const service = await start();
    await service.ready();
    const rest = Promise.withResolvers<void>();
    const body = (async function* () {
      yield videoBytes(100_000);
      await rest.promise;
      yield videoBytes(100_000);
    })();
    const sending = send(service.url, { headers: await system.viewer(), body });
    await eventually(
      () => system.storage.keys.length,
      (count) => count === 1,
    );

    const ended = service.end('SIGTERM');
    await expect(
      eventually(
        () =>
          fetch(`${service.url}/health/live`).then(
            () => true,
            () => false,
          ),
        (open) => !open,
      ),
    ).resolves.toBe(false);
    rest.resolve();

    expect((await sending).status).toBe(201);
    expect(await ended).toBe(0);
    expect(system.storage.objects.size).toBe(1);
  });

  it('is told to end and an upload does not: it is cut at the deadline, and leaves nothing behind', async () => {
    const service = await start({ SHUTDOWN_SECONDS: '1' });
    await service.ready();
    const req = httpRequest(`${service.url}/api/videos?title=slow`, {
      method: 'POST',
      headers: { ...(await system.viewer()), 'content-type': 'video/mp4', 'content-length': 1_000_000 },
    });
    const closed = new Promise((resolve) => req.on('error', () => {}).on('close', resolve));
    req.write(videoBytes(100_000));
    await eventually(
      () => system.storage.keys.length,
      (count) => count === 1,
    );

    expect(await service.end('SIGTERM')).toBe(0);

    await closed;
    expect(system.storage.keys).toEqual([]);
    expect(await system.records()).toEqual([]);
  });

  it('takes 1 GiB: its memory stays flat', async () => {
    const service = await start({ UPLOAD_MAX_BYTES: '2GiB' });
    await service.ready();
    await send(service.url, { headers: await system.viewer(), body: videoBytes(mebibyte) });
    const before = await service.residentBytes();
    let peak = before;
    const chunk = videoBytes(mebibyte);
    const body = (async function* () {
      for (let index = 0; index < 1024; index += 1) {
        yield chunk;
        if (index % 64 === 0) peak = Math.max(peak, await service.residentBytes());
      }
    })();

    const answer = await send(service.url, { headers: await system.viewer(), body, length: 1024 * mebibyte });

    expect(answer.status).toBe(201);
    expect(answer.body.sizeBytes).toBe(1024 * mebibyte);
    expect((peak - before) / mebibyte).toBeLessThan(100);
  }, 120_000);
});
