import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Router } from 'express';
import { type RunningApp, runApp } from '../../tests/support/running-app.ts';
import { json, route } from '../http.ts';

const periodMs = 200;

let app: RunningApp;
beforeAll(async () => {
  const router = Router();
  route(router, '/json', { POST: [json(), (_req, res) => void res.json({})] });
  route(router, '/count', {
    PUT: async (req, res) => {
      let bytes = 0;
      for await (const chunk of req) bytes += chunk.length;
      res.json({ bytes });
    },
  });
  route(router, '/slow-reader', {
    PUT: async (req, res) => {
      req.pause();
      await new Promise((resolve) => setTimeout(resolve, 4 * periodMs));
      let bytes = 0;
      for await (const chunk of req) bytes += chunk.length;
      res.json({ bytes });
    },
  });
  app = await runApp([router], { bodyIdleSeconds: periodMs / 1000 });
});
afterAll(() => app.close());

/** Sends a request and its body in `pieces`, one each `everyMs`; gives all that was answered. */
async function send(method: string, path: string, length: number, pieces: Buffer[], everyMs: number) {
  const socket = connect(app.port, '127.0.0.1');
  let text = '';
  socket.setEncoding('latin1').on('data', (data) => {
    text += data;
  });
  socket.on('error', () => {});
  const headers = `Host: x\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\nConnection: close`;
  socket.write(`${method} ${path} HTTP/1.1\r\n${headers}\r\n\r\n`);
  const timer = setInterval(() => {
    const piece = pieces.shift();
    if (piece !== undefined && socket.writable) socket.write(piece);
  }, everyMs);
  await once(socket, 'end');
  clearInterval(timer);
  socket.end();
  return text;
}

const bytes = (count: number) => Buffer.alloc(count, '1');

describe('a body', () => {
  it.each([
    ['POST', '/json'],
    ['PUT', '/count'],
  ])('ends its request with 408, when it stands still (%s %s)', async (method, path) => {
    expect(await send(method, path, 100, [bytes(10)], 10)).toMatch(/^HTTP\/1.1 408 [\s\S]*"status":408/);
  });

  it('ends its request with 408, when a byte of it comes now and then', async () => {
    const trickle = Array.from({ length: 1000 }, () => bytes(1));
    expect(await send('PUT', '/count', 1000, trickle, periodMs / 20)).toMatch(/^HTTP\/1.1 408 /);
  });

  it('is taken, when it is slow but comes on', async () => {
    const pieces = Array.from({ length: 30 }, () => bytes(2000));
    expect(await send('PUT', '/count', 60_000, pieces, periodMs / 8)).toMatch(/^HTTP\/1.1 200 [\s\S]*"bytes":60000/);
  });

  it('is taken, when it is we who are slow to read it', async () => {
    expect(await send('PUT', '/slow-reader', 5_000_000, [bytes(5_000_000)], 1)).toMatch(
      /^HTTP\/1.1 200 [\s\S]*"bytes":5000000/,
    );
  });
});
