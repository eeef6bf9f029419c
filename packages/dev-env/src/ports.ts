import { createConnection, createServer } from 'node:net';
import getPort from 'get-port';

// Below the range that Linux hands out to outgoing connections (32768 and up), and in random order, so that
// several environments that start at the same time on one machine do not pick the same ones.
function* candidates(): Iterable<number> {
  for (let i = 0; i < 200; i += 1) yield 20_000 + Math.floor(Math.random() * 12_000);
}

/** A TCP port that nothing listens on now. */
export async function freePort(): Promise<number> {
  return getPort({ port: candidates() });
}

/** Whether a server could listen on this port of 127.0.0.1 now. */
export async function portIsFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1' }, () => server.close(() => resolve(true)));
  });
}

/** Whether something accepts TCP connections there now. */
export async function accepts(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ port, host, timeout: 2_000 });
    const settle = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
    socket.once('timeout', () => settle(false));
  });
}
