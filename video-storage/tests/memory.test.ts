import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startProcess } from './support/service-process.ts';
import { answerTo, createStorage, eventually, MiB, type Storage, video } from './support/storage.ts';

const key = 'videos/large/source';
const total = 256 * MiB;

/** What the service holds is measured in a process of its own, where Linux tells. */
const onLinux = existsSync('/proc/self/status') ? describe : describe.skip;

onLinux('the memory of the service', () => {
  let storage: Storage;
  let service: ChildProcess;
  let url: URL;
  beforeAll(async () => {
    storage = await createStorage();
    ({ child: service, url } = await startProcess(storage));
  });
  afterAll(async () => {
    service.kill('SIGTERM');
    await once(service, 'exit');
    await storage.close();
  });

  const begin = async (
    method: string,
    headers: Record<string, string | number> = {},
    at: string = key,
  ): Promise<ClientRequest> =>
    request({
      host: url.hostname,
      port: url.port,
      path: `/internal/objects/${at}`,
      method,
      agent: false,
      headers: { ...(await storage.headers()), ...headers },
    }).on('error', () => undefined);
  const residentMiB = () =>
    Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${service.pid}/status`, 'latin1'))?.[1]) / 1024;

  async function waitingForBuffers(): Promise<number> {
    const metrics = await (await fetch(new URL('/metrics', url))).text();
    return Number(/^slots_waiting\{what="block-buffers"\} (\d+)$/m.exec(metrics)?.[1]);
  }

  it('does not grow with the length of an upload', async () => {
    const sent = await begin('PUT', { 'content-length': total });
    const piece = video(MiB);
    const before = residentMiB();
    let most = 0;
    for (let written = 0; written < total; written += piece.length) {
      if (!sent.write(piece)) await once(sent, 'drain');
      most = Math.max(most, residentMiB());
    }
    sent.end();
    expect((await answerTo(sent)).status).toBe(201);
    expect(most - before).toBeLessThan(80);
  }, 120_000);

  it('is bounded, however many upload at once to a store that is slow', async () => {
    const before = residentMiB();
    const bytes = video(16 * MiB);
    const uploads = await Promise.all(
      Array.from({ length: 60 }, (_, n) => begin('PUT', { 'content-length': bytes.length }, `videos/many-${n}/source`)),
    );
    for (const upload of uploads) upload.write(bytes.subarray(0, 64 * 1024));
    await eventually(waitingForBuffers, (waiting) => waiting > 0);
    storage.link.freeze();
    for (const upload of uploads) upload.write(bytes.subarray(64 * 1024));
    // Sixteen at most have three buffers, and want no other one.
    await eventually(waitingForBuffers, (waiting) => waiting >= 44);
    const most = residentMiB();
    for (const upload of uploads) upload.destroy();
    storage.link.mend();
    // 48 buffers are 192 MiB; three of each upload would be 720.
    expect(most - before).toBeLessThan(330);
  }, 120_000);

  it('does not grow with the number of viewers who read slowly, and what they held is given back', async () => {
    const before = residentMiB();
    const viewers: IncomingMessage[] = [];
    for (let i = 0; i < 50; i += 1) {
      const sent = await begin('GET');
      sent.end();
      const [response]: [IncomingMessage] = (await once(sent, 'response')) as never;
      viewers.push(response.on('error', () => undefined));
      await once(response, 'readable');
    }
    await eventually(
      async () => {
        const { answeredBytes } = storage.link;
        await new Promise((resolve) => setTimeout(resolve, 200));
        return storage.link.answeredBytes === answeredBytes;
      },
      (isStill) => isStill,
      30_000,
    );
    expect(residentMiB() - before).toBeLessThan(80);
    for (const viewer of viewers) viewer.destroy();
    await eventually(
      () => storage.link.connections,
      (connections) => connections <= 4,
    );
  }, 120_000);
});
