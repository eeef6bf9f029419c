import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:http';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { answerJson, answerProblem } from './support/fake-neighbour.ts';
import { startGateway, type TestGateway } from './support/gateway.ts';
import { rawConnection, rawRequest, readAnswer } from './support/raw-http.ts';

const file = '/api/videos/0199b1f2-8c3a-7d44-9a51-3f0f6c6a1b2e/file';
const upload = '/api/videos?title=A';
const MiB = 2 ** 20;

describe('streaming', () => {
  let gateway: TestGateway;
  let sent: number;

  beforeAll(async () => {
    gateway = await startGateway({ UPLOAD_MAX_BYTES: '8MiB' });
  });
  afterAll(() => gateway.stop());
  beforeEach(() => {
    sent = 0;
    // A file that never ends, sent as fast as it is taken.
    gateway.streaming.answer = (_req, res) => {
      res.writeHead(200, { 'content-type': 'video/mp4', 'content-length': 2 ** 40 });
      const chunk = Buffer.alloc(64 * 1024, 'x');
      const fill = () => {
        while (!res.destroyed && res.write(chunk)) sent += chunk.length;
        sent += chunk.length;
      };
      res.on('drain', fill);
      fill();
    };
    gateway.upload.answer = (req, res) => {
      let bytes = 0;
      req.on('data', (chunk) => {
        bytes += chunk.length;
      });
      req.on('end', () => answerJson({ bytes })(req, res));
    };
  });

  /** A viewer who has got the beginning of the file and reads no further. */
  async function slowViewer(): Promise<Socket> {
    const socket = await rawConnection(gateway.port);
    socket.on('error', () => undefined);
    socket.write(`GET ${file} HTTP/1.1\r\nHost: x\r\n\r\n`);
    await once(socket, 'readable');
    socket.pause();
    return socket;
  }

  /** A viewer who has got all that the service has sent so far, and waits for more. */
  async function waitingViewer(path = file): Promise<Socket> {
    const part = Buffer.alloc(100_000, 'x');
    gateway.streaming.answer = (_req, res) => {
      res.writeHead(200, { 'content-type': 'video/mp4', 'content-length': 2 ** 40 }).write(part);
    };
    const socket = await rawConnection(gateway.port);
    socket.on('error', () => undefined);
    socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
    while (socket.bytesRead < part.length) await once(socket, 'data');
    return socket;
  }

  it('passes bytes back while they come, not when they have all come', async () => {
    gateway.streaming.answer = (_req, res) => {
      res.writeHead(200, { 'content-type': 'video/mp4', 'content-length': 10 }).write('first');
    };
    const answer = await fetch(gateway.url + file);
    const reader = answer.body?.getReader();
    const first = await reader?.read();
    await reader?.cancel();
    expect(Buffer.from(first?.value ?? []).toString()).toBe('first');
  });

  it('passes an upload on while it comes, chunked or with its length, and exactly', async () => {
    const bytes = randomBytes(3 * MiB);
    const received: Buffer[] = [];
    gateway.upload.answer = (req, res) => {
      req.on('data', (chunk) => received.push(chunk));
      req.on('end', () =>
        answerJson({ length: req.headers['content-length'], coding: req.headers['transfer-encoding'] })(req, res),
      );
    };
    const known = await fetch(gateway.url + upload, { method: 'POST', body: bytes });
    expect(await known.json()).toEqual({ length: String(3 * MiB) });
    expect(Buffer.concat(received.splice(0)).equals(bytes)).toBe(true);
    const chunked = await fetch(gateway.url + upload, {
      method: 'POST',
      body: Readable.from([bytes]),
      duplex: 'half',
    } as RequestInit);
    expect(await chunked.json()).toEqual({ coding: 'chunked' });
    expect(Buffer.concat(received).equals(bytes)).toBe(true);
  });

  it('reads no more from behind than a viewer takes', async () => {
    const viewer = await slowViewer();
    const before = sent;
    await new Promise((resolve) => setTimeout(resolve, 300));
    // What fits into the buffers of two connections on one machine, and not what could be read in that time.
    expect(sent - before).toBeLessThan(16 * MiB);
    viewer.destroy();
  });

  it('ends the request behind at once, when slow viewers leave whose bytes wait at every hop', async () => {
    const viewers = await Promise.all(Array.from({ length: 5 }, slowViewer));
    const gone = gateway.streaming.connectionsDownTo(0, 1000);
    for (const viewer of viewers) viewer.destroy();
    await gone;
  });

  it('ends the request behind at once, when fifty viewers leave', async () => {
    const viewers = await Promise.all(Array.from({ length: 50 }, waitingViewer));
    expect(gateway.streaming.connections()).toBe(50);
    const gone = gateway.streaming.connectionsDownTo(0, 1000);
    for (const viewer of viewers) viewer.destroy();
    await gone;
  });

  it('ends the request behind at once, when a viewer leaves who is still waiting for the answer', async () => {
    const arrived = new Promise<void>((resolve) => {
      gateway.streaming.answer = () => resolve();
    });
    const viewer = await rawConnection(gateway.port);
    viewer.write(`GET ${file} HTTP/1.1\r\nHost: x\r\n\r\n`);
    await arrived;
    const gone = gateway.streaming.connectionsDownTo(0, 1000);
    viewer.destroy();
    await gone;
  });

  it.each(['hls/0199b1f2-8c3a-7d44-9a51-3f0f6c6a1b2e/720p/0.m4s', 'poster.jpg'])(
    'answers playlists at once, when more viewers than it has connections for them are slow to take %s',
    async (slow) => {
      const video = file.slice(0, -'/file'.length);
      const viewers = await Promise.all(Array.from({ length: 70 }, () => waitingViewer(`${video}/${slow}`)));
      gateway.streaming.answer = (_req, res) => void res.writeHead(200, { 'content-length': 7 }).end('#EXTM3U');
      try {
        const playlist = await fetch(`${gateway.url}${video}/hls/main.m3u8`, { signal: AbortSignal.timeout(2000) });
        expect([playlist.status, await playlist.text()]).toEqual([200, '#EXTM3U']);
      } finally {
        for (const viewer of viewers) viewer.destroy();
      }
    },
  );

  it('goes on answering the API at once, when fifty viewers hold their connections', async () => {
    const viewers = await Promise.all(Array.from({ length: 50 }, waitingViewer));
    const begun = performance.now();
    await Promise.all(Array.from({ length: 20 }, () => fetch(`${gateway.url}/api/videos`)));
    expect(performance.now() - begun).toBeLessThan(1000);
    for (const viewer of viewers) viewer.destroy();
  });

  it('ends the connections of fifty viewers at once, when what is behind dies in the middle of a body', async () => {
    const viewers = await Promise.all(Array.from({ length: 50 }, waitingViewer));
    const closings = viewers.map((viewer) => once(viewer, 'close', { signal: AbortSignal.timeout(1000) }));
    await gateway.streaming.kill();
    await Promise.all(closings);
    await gateway.streaming.revive();
  });

  it('gives no short body that looks whole, when what is behind breaks off a body without a length', async () => {
    gateway.streaming.answer = (_req, res) => {
      res.writeHead(200, { 'content-type': 'video/mp4' }).write('some');
      setImmediate(() => res.destroy());
    };
    const answer = await fetch(gateway.url + file);
    await expect(answer.text()).rejects.toThrow();
  });

  it('ends the upload behind at once, when the sender leaves in its middle', async () => {
    const socket = await rawConnection(gateway.port);
    const broken = new Promise((resolve) => {
      gateway.upload.answer = (req) => {
        req.once('close', () => resolve(req.complete));
        req.once('data', () => socket.destroy());
      };
    });
    socket.write(`POST ${upload} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf`);
    expect(await broken).toBe(false);
  });

  it('refuses an upload that says it is too large, before a byte is read and without asking for it', async () => {
    gateway.upload.requests.length = 0;
    const socket = await rawConnection(gateway.port);
    socket.write(
      `POST ${upload} HTTP/1.1\r\nHost: x\r\nContent-Length: ${8 * MiB + 1}\r\nExpect: 100-continue\r\n\r\n`,
    );
    const [first] = (await once(socket, 'data')) as [Buffer];
    expect(first.toString()).toMatch(/^HTTP\/1\.1 413 /);
    expect(first.toString()).toContain(
      `"errors":[{"path":"body","message":"must not be larger than ${8 * MiB} bytes"}]`,
    );
    socket.destroy();
    expect(gateway.upload.requests).toEqual([]);
  });

  it('tells a sender who waits for it to go on, once the body is wanted', async () => {
    const socket = await rawConnection(gateway.port);
    socket.write(`POST ${upload} HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n`);
    const [first] = (await once(socket, 'data')) as [Buffer];
    expect(first.toString()).toBe('HTTP/1.1 100 Continue\r\n\r\n');
    socket.write('hello');
    expect(JSON.parse((await readAnswer(socket)).body)).toEqual({ bytes: 5 });
    expect(gateway.upload.requests.at(-1)?.headers.expect).toBeUndefined();
    socket.destroy();
  });

  it('counts an upload that does not say how long it is, and ends it at the limit', async () => {
    const broken = new Promise((resolve) => {
      gateway.upload.answer = (req) => req.resume().once('close', () => resolve(req.complete));
    });
    async function* endless() {
      for (let count = 0; count < 200; count++) yield Buffer.alloc(MiB / 8);
    }
    const status = await new Promise((resolve, reject) => {
      const req = request(gateway.url + upload, { method: 'POST' }, (res) => resolve(res.statusCode));
      req.on('error', reject);
      Readable.from(endless()).pipe(req);
    });
    expect(status).toBe(413);
    expect(await broken).toBe(false);
  });

  it.each([
    ['declared', { 'content-length': '70000' }],
    ['chunked', { 'transfer-encoding': 'chunked' }],
  ])('refuses JSON of more than 64 KiB, %s', async (_how, headers) => {
    gateway.metadata.answer = (req, res) => req.resume().once('end', () => answerJson({})(req, res));
    const status = await new Promise((resolve, reject) => {
      const path = file.replace('/file', '');
      const req = request(
        gateway.url + path,
        { method: 'PATCH', headers: { ...headers, 'content-type': 'application/json' } },
        (res) => resolve(res.statusCode),
      );
      req.on('error', reject);
      req.end('x'.repeat(70000));
    });
    expect(status).toBe(413);
  });

  it('gives a sender the early answer of what is behind, and takes a bounded part of the rest', async () => {
    gateway.upload.answer = (req, res) => {
      req.once('data', () => answerProblem(415)(req, res));
    };
    const socket = await rawConnection(gateway.port, { halfOpen: true });
    socket.write(`POST ${upload} HTTP/1.1\r\nHost: x\r\nContent-Length: ${8 * MiB}\r\n\r\n`);
    socket.write(Buffer.alloc(4 * MiB));
    expect((await readAnswer(socket)).status).toBe(415);
    // A reset would have thrown the answer away.
    await new Promise((resolve) => socket.write(Buffer.alloc(4 * MiB), resolve));
    socket.end();
    await once(socket, 'close');
    expect(socket.errored).toBe(null);
  });

  it('answers 502 to a sender, when what is behind dies in the middle of the upload', async () => {
    gateway.upload.answer = (req) => req.once('data', () => req.socket.resetAndDestroy());
    const socket = await rawConnection(gateway.port);
    socket.write(`POST ${upload} HTTP/1.1\r\nHost: x\r\nContent-Length: ${8 * MiB}\r\n\r\n`);
    socket.write(Buffer.alloc(MiB));
    expect((await readAnswer(socket)).status).toBe(502);
    socket.destroy();
  });

  it('goes on with the next request on the same connection after an upload', async () => {
    const answer = await rawRequest(
      gateway.port,
      `POST ${upload} HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhelloGET /api/session HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
    );
    expect(answer.body).toContain('{"bytes":5}');
  });
});
