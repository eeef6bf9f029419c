import { EventEmitter, on } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { mostHeaderBytes } from '@flixtube/chassis/service';

/** A service that a test plays: an HTTP server of its own that answers as the test wants. */
export interface FakeNeighbour {
  url: string;
  /** Every request it got, in order. */
  requests: IncomingMessage[];
  answer: RequestListener;
  /** How many connections are open now. */
  connections(): number;
  /** How many have ever been opened. */
  opened: number;
  /** Resolves when no more than this many are open; rejects after `withinMs`. */
  connectionsDownTo(count: number, withinMs: number): Promise<void>;
  /** Ends every connection with a reset, as a killed process does, and listens no more. */
  kill(): Promise<void>;
  /** Listens again, where it did. */
  revive(): Promise<void>;
}

/** A 200 with a small JSON body. */
export const answerJson =
  (body: unknown, headers: Record<string, string> = {}): RequestListener =>
  (_req, res) => {
    res.writeHead(200, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };

/** An error as every service gives it. */
export const answerProblem =
  (status: number, headers: Record<string, string> = {}): RequestListener =>
  (_req, res) => {
    res.writeHead(status, { 'content-type': 'application/problem+json', ...headers }).end(
      JSON.stringify({
        type: 'about:blank',
        title: 'Fake',
        status,
        detail: 'As the fake says.',
        instance: '/',
        traceId: '',
      }),
    );
  };

export async function fakeNeighbour(answer: RequestListener = answerJson({})): Promise<FakeNeighbour> {
  const sockets = new Set<Socket>();
  const changes = new EventEmitter();
  const server = createServer({ maxHeaderSize: mostHeaderBytes }, (req, res) => {
    fake.requests.push(req);
    // A test that ends in the middle of an exchange is no failure of the fake.
    req.on('error', () => undefined);
    res.on('error', () => undefined);
    fake.answer(req, res);
  });
  server.on('connection', (socket) => {
    fake.opened += 1;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => {
      sockets.delete(socket);
      changes.emit('closed');
    });
  });
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const fake: FakeNeighbour = {
    url: `http://127.0.0.1:${port}`,
    requests: [],
    answer,
    connections: () => sockets.size,
    opened: 0,
    async connectionsDownTo(count, withinMs) {
      const closings = on(changes, 'closed', { signal: AbortSignal.timeout(withinMs) });
      while (sockets.size > count) await closings.next();
    },
    async kill() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.resetAndDestroy();
      await closed;
    },
    revive: () => listen(port),
  };
  return fake;
}
