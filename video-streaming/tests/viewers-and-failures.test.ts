import { once } from 'node:events';
import type { Socket } from 'node:net';
import { newId } from '@flixtube/chassis/ids';
import type { InternalVideo } from '@flixtube/contracts/http/internal';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { rawGet, startStreaming, type TestStreaming } from './support/streaming.ts';

const part = Buffer.alloc(100_000, 'x');
const huge = 2 ** 40;

describe('viewers of a file that is read while they watch', () => {
  let streaming: TestStreaming;
  let video: InternalVideo;
  let sent = 0;

  beforeAll(async () => {
    streaming = await startStreaming();
    const small = streaming.add();
    video = { ...small, source: { ...small.source, sizeBytes: huge } };
    streaming.metadata.videos.set(video.id, video);
  });
  afterAll(() => streaming.stop());
  beforeEach(() => {
    sent = 0;
  });

  const head = { 'content-type': 'video/mp4', 'content-length': huge, 'content-range': `bytes 0-${huge - 1}/${huge}` };

  /** A viewer who has got all that storage has sent so far, and waits for more. */
  async function waitingViewer(): Promise<Socket> {
    streaming.storage.instead = (_req, res) => res.writeHead(206, head).write(part);
    const socket = await rawGet(streaming.port, `/api/videos/${video.id}/file`, await streaming.by(newId()));
    while (socket.bytesRead < part.length) await once(socket, 'data');
    return socket;
  }

  /** A viewer who reads no further than the beginning, of bytes that come as fast as they are taken. */
  async function slowViewer(): Promise<Socket> {
    streaming.storage.instead = (_req, res) => {
      res.writeHead(206, head);
      const fill = () => {
        while (!res.destroyed && res.write(part)) sent += part.length;
        sent += part.length;
      };
      res.on('drain', fill);
      fill();
    };
    const socket = await rawGet(streaming.port, `/api/videos/${video.id}/file`, await streaming.by(newId()));
    await once(socket, 'readable');
    return socket.pause();
  }

  it('end the read at storage within a second, when fifty of them leave', async () => {
    const viewers = await Promise.all(Array.from({ length: 50 }, waitingViewer));
    expect(streaming.storage.connections()).toBeGreaterThanOrEqual(50);
    const idle = streaming.storage.idle(1000);
    for (const viewer of viewers) viewer.destroy();
    await idle;
  });

  it('end the read at storage within a second, when they leave with bytes waiting at every hop', async () => {
    const viewers = await Promise.all(Array.from({ length: 5 }, slowViewer));
    const idle = streaming.storage.idle(1000);
    for (const viewer of viewers) viewer.destroy();
    await idle;
  });

  it('end the request to storage within a second, when they leave before it has answered', async () => {
    const arrived = new Promise<void>((resolve) => {
      streaming.storage.instead = () => resolve();
    });
    const viewer = await rawGet(streaming.port, `/api/videos/${video.id}/file`, await streaming.by(newId()));
    await arrived;
    const idle = streaming.storage.idle(1000);
    viewer.destroy();
    await idle;
  });

  it('have their connections ended within a second, all fifty, when storage dies', async () => {
    const viewers = await Promise.all(Array.from({ length: 50 }, waitingViewer));
    const closings = viewers.map((viewer) => new Promise((resolve) => viewer.once('close', resolve)));
    const killedAt = performance.now();
    await streaming.storage.kill();
    await Promise.all(closings);
    expect(performance.now() - killedAt).toBeLessThan(1000);
    await streaming.storage.revive();
  });

  it('are read ahead of by no more than what the connections hold', async () => {
    const viewer = await slowViewer();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(sent).toBeLessThan(16 * 2 ** 20);
    viewer.destroy();
  });

  it('are told 503 when storage is down, and get their bytes when it is back', async () => {
    streaming.storage.instead = undefined;
    const ordinary = streaming.add();
    const get = async () =>
      fetch(`${streaming.url}/api/videos/${ordinary.id}/file`, { headers: await streaming.by(newId()) });
    await streaming.storage.kill();
    expect((await get()).status).toBe(503);
    await streaming.storage.revive();
    expect((await get()).status).toBe(200);
  });
});
