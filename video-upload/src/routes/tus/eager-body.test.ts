import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { eagerBody } from './eager-body.ts';

describe('an eager body', () => {
  let server: Server;
  let socket: Socket;
  afterEach(() => {
    socket.destroy();
    server.close();
  });

  /** A request whose head has arrived, and its answer. */
  async function begun(length: number): Promise<[IncomingMessage & { res: ServerResponse }, ServerResponse]> {
    server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write(`PATCH / HTTP/1.1\r\nHost: test\r\nContent-Length: ${length}\r\n\r\n`);
    const [req, res] = (await once(server, 'request')) as [IncomingMessage, ServerResponse];
    return [Object.assign(req, { res }), res];
  }

  async function read(body: AsyncIterable<Buffer>): Promise<{ text: string; error: unknown }> {
    let text = '';
    try {
      for await (const chunk of body) text += chunk;
      return { text, error: undefined };
    } catch (error) {
      return { text, error };
    }
  }

  it('has what arrived before the connection broke, also when it is read only after that', async () => {
    const [req] = await begun(1_000);
    const body = eagerBody(req);
    socket.write('what has arrived', () => socket.resetAndDestroy());
    await new Promise((resolve) => req.once('close', resolve));
    expect(await read(body)).toEqual({
      text: 'what has arrived',
      error: expect.objectContaining({ code: 'ECONNRESET' }),
    });
  });

  it('has all bytes of a large body in order, and never holds more than about 64 KiB of them', async () => {
    const sent = Buffer.from(Array.from({ length: 400_000 }, (_, n) => n % 251));
    const [req, res] = await begun(sent.length);
    const body = eagerBody(req);
    socket.write(sent);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(req.isPaused()).toBe(true);
    const chunks: Buffer[] = [];
    for await (const chunk of body) chunks.push(chunk);
    expect(Buffer.concat(chunks).equals(sent)).toBe(true);
    res.end();
  });

  it('leaves to the server what comes after the answer, and has no end that would pass for the body’s', async () => {
    const [req, res] = await begun(100_000);
    const body = eagerBody(req);
    socket.write('a little');
    const reading = read(body);
    await once(req, 'data');
    res.writeHead(408).end();
    expect(await reading).toEqual({ text: 'a little', error: expect.any(Error) });
    expect(req.listenerCount('data')).toBe(0);
  });
});
