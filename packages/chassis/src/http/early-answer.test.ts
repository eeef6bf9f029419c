import { once } from 'node:events';
import { Agent, request as httpRequest } from 'node:http';
import { connect, type Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Router } from 'express';
import { logged, type RunningApp, runApp } from '../../tests/support/running-app.ts';
import { DomainError } from '../errors.ts';
import { json, route } from '../http.ts';

const mebibyte = 1024 * 1024;

let app: RunningApp;
beforeAll(async () => {
  const router = Router();
  route(router, '/json', { POST: [json(1000), (_req, res) => void res.json({})] });
  route(router, '/refused', {
    PUT: () => {
      throw new DomainError('unsupported-type', 'Only videos are taken.');
    },
  });
  route(router, '/read-in-part', {
    PUT: async (req) => {
      for await (const chunk of req) if (chunk.length > 0) throw new DomainError('too-large', 'It is too large.');
    },
  });
  route(router, '/piped-in-part', {
    PUT: async (req) => {
      const destination = new PassThrough();
      destination.once('data', () => destination.destroy(new DomainError('unavailable', 'The store is away.')));
      await pipeline(req, destination);
    },
  });
  app = await runApp([router]);
});
afterAll(() => app.close());
afterEach(() => void app.lines.splice(0));

/** Sends all of a body before it reads anything, as many simple clients do. */
async function sendThenRead(path: string, bytes: number, framing: 'length' | 'chunked', type = 'video/mp4') {
  const socket = connect(app.port, '127.0.0.1');
  socket.pause();
  const head = framing === 'length' ? `Content-Length: ${bytes}` : 'Transfer-Encoding: chunked';
  const method = path === '/json' ? 'POST' : 'PUT';
  await write(socket, `${method} ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: ${type}\r\n${head}\r\n\r\n`);
  const chunk = Buffer.alloc(64 * 1024, 'x');
  for (let sent = 0; sent < bytes; sent += chunk.length) {
    if (framing === 'chunked') await write(socket, `${chunk.length.toString(16)}\r\n`);
    await write(socket, chunk);
    if (framing === 'chunked') await write(socket, '\r\n');
  }
  if (framing === 'chunked') await write(socket, '0\r\n\r\n');
  const chunks: Buffer[] = [];
  socket.on('data', (data) => chunks.push(data)).resume();
  await once(socket, 'end');
  socket.end();
  return Buffer.concat(chunks).toString('latin1');
}

async function write(socket: Socket, data: string | Buffer): Promise<void> {
  await new Promise<void>((resolve, reject) => socket.write(data, (error) => (error ? reject(error) : resolve())));
}

describe('an answer that is given before its request’s body was read', () => {
  it.each([
    ['the body is refused unseen', '/refused', 415],
    ['the body is above what a JSON route takes', '/json', 413],
    ['the handler gave up while reading', '/read-in-part', 413],
    ['a pipeline from the body failed', '/piped-in-part', 503],
    ['there is nothing at the address', '/nothing', 404],
  ] as const)('reaches a client that sends 50 MB first and reads then, when %s', async (_what, path, status) => {
    for (const framing of ['length', 'chunked'] as const) {
      const type = path === '/json' ? 'application/json' : 'video/mp4';
      const text = await sendThenRead(path, 50 * mebibyte, framing, type);
      expect(text).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
      expect(text).toMatch(/\r\nConnection: close\r\n/);
      expect(JSON.parse(text.slice(text.indexOf('\r\n\r\n')))).toMatchObject({ status });
    }
  });

  it('does not end the connection for the next request, when what is left of the body is small', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ask = () =>
      new Promise<{ status: number | undefined; reused: boolean }>((resolve, reject) => {
        const req = httpRequest(`${app.url}/refused`, { method: 'PUT', agent }, (res) => {
          res.resume().once('end', () => resolve({ status: res.statusCode, reused: req.reusedSocket }));
        });
        req.once('error', reject).end('x'.repeat(1000));
      });
    expect(await ask()).toEqual({ status: 415, reused: false });
    expect(await ask()).toEqual({ status: 415, reused: true });
    agent.destroy();
  });

  it('spares the sender its body, when that waits for 100 Continue', async () => {
    const socket = connect(app.port, '127.0.0.1');
    let text = '';
    socket.setEncoding('latin1').on('data', (data) => {
      text += data;
    });
    socket.write('PUT /refused HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\nExpect: 100-continue\r\n\r\n');
    await once(socket, 'end');
    socket.end();
    expect(text).toMatch(/^HTTP\/1.1 415 /);
  });

  it('lets the body come, when the sender waits for 100 Continue and the route reads it', async () => {
    const socket = connect(app.port, '127.0.0.1');
    const head = 'Content-Type: application/json\r\nContent-Length: 2\r\nExpect: 100-continue\r\nConnection: close';
    socket.write(`POST /json HTTP/1.1\r\nHost: x\r\n${head}\r\n\r\n`);
    const [interim] = await once(socket, 'data');
    expect(String(interim)).toMatch(/^HTTP\/1.1 100 Continue\r\n\r\n$/);
    socket.write('{}');
    const [answer] = await once(socket, 'data');
    expect(String(answer)).toMatch(/^HTTP\/1.1 200 /);
  });

  it('is not waited for without end, when the sender never stops', async () => {
    const socket = connect({ port: app.port, host: '127.0.0.1', allowHalfOpen: true });
    socket.on('error', () => {}).resume();
    socket.write('PUT /refused HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n');
    const chunk = Buffer.from(`${(mebibyte).toString(16)}\r\n${'x'.repeat(mebibyte)}\r\n`);
    let sent = 0;
    const flood = () => {
      if (!socket.writable) return;
      sent += mebibyte;
      socket.write(chunk, flood);
    };
    flood();
    await new Promise((resolve) => socket.once('close', resolve));
    expect(sent).toBeLessThan(300 * mebibyte);
  });
});

describe('a client that leaves in the middle of its body', () => {
  it.each(['/json', '/read-in-part', '/piped-in-part'])('is no error of %s', async (path) => {
    const socket = connect(app.port, '127.0.0.1');
    const method = path === '/json' ? 'POST' : 'PUT';
    socket.write(
      `${method} ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n`,
      () => socket.resetAndDestroy(),
    );
    const line = await logged(app.lines, ({ msg }) => msg === 'request');
    expect(line).toMatchObject({ path, complete: false });
    expect(app.lines.filter(({ level }) => ['warn', 'error'].includes(level))).toEqual([]);
  });
});
