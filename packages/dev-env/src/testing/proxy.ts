import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A TCP proxy before a backend, through which a test plays a bad network. */
export interface TcpProxy {
  /** The backend's URL, led through the proxy. */
  url: string;
  /** Breaks all connections off. New ones are taken. */
  cut(): void;
  /** Swallows all that is sent, either way or only what the backend sends, and keeps the connections open. */
  blackhole(which?: 'both' | 'answers'): void;
  /** Refuses from the moment on that this text is next sent: it gets through, and no answer does. Resolves then. */
  refuseAfter(text: string): Promise<void>;
  /** Refuses new connections, and breaks the present ones off, until `heal`. */
  refuse(): void;
  /** Forwards again on new connections; those of the black hole stay dead, as on a real network. */
  heal(): void;
  /** How many connections were made through it. */
  readonly connections: number;
  close(): Promise<void>;
}

/** @param target the backend's URL, with a port. */
export async function startProxy(target: string): Promise<TcpProxy> {
  const { hostname, port } = new URL(target);
  const open = new Set<Socket>();
  let refusing = false;
  let swallow: 'both' | 'answers' | undefined;
  let connections = 0;
  let trap: { text: string; sprung(): void } | undefined;
  const server = createServer((client) => {
    if (refusing) {
      client.destroy();
      return;
    }
    connections += 1;
    const backend = connect(Number(port), hostname);
    for (const [from, to, isAnswer] of [
      [client, backend, false],
      [backend, client, true],
    ] as const) {
      open.add(from);
      let dead = false;
      from.on('data', (chunk) => {
        if (!isAnswer && trap !== undefined && chunk.includes(trap.text)) {
          refusing = true;
          client.destroy();
          // Ended, not destroyed: what was sent before has to get there.
          backend.end(chunk, trap.sprung);
          trap = undefined;
          return;
        }
        dead ||= swallow === 'both' || (swallow === 'answers' && isAnswer);
        if (!dead) to.write(chunk);
      });
      from.on('error', () => {});
      from.on('close', () => {
        open.delete(from);
        to.destroy();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('The proxy has no port');
  const url = new URL(target);
  url.hostname = '127.0.0.1';
  url.port = String(address.port);
  const cut = () => {
    for (const socket of open) socket.destroy();
  };
  return {
    url: url.href,
    cut,
    blackhole: (which = 'both') => {
      swallow = which;
    },
    refuseAfter: (text) =>
      new Promise((sprung) => {
        trap = { text, sprung };
      }),
    refuse: () => {
      refusing = true;
      cut();
    },
    heal: () => {
      refusing = false;
      swallow = undefined;
    },
    get connections() {
      return connections;
    },
    close: async () => {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}
