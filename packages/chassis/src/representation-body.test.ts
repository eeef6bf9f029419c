import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  partsOf,
  patterned,
  type RepresentationServer,
  representationOf,
  representationServer,
} from '../tests/support/representation-server.ts';
import { DomainError } from './errors.ts';
import type { SendOptions } from './representation.ts';

const MiB = 1024 * 1024;
const content = patterned(16 * MiB);

let server: RepresentationServer;
afterEach(() => server.close());

/** A reader that the test watches: what it was asked for, and when it was let go. */
function watched(open: (signal: AbortSignal) => Promise<Readable>) {
  const aborted = new Promise<number>((resolve) => {
    state.sawAbort = () => resolve(performance.now());
  });
  const opened: Readable[] = [];
  return {
    aborted,
    opened,
    read: async (_: unknown, signal: AbortSignal) => {
      signal.addEventListener('abort', () => state.sawAbort());
      const stream = await open(signal);
      opened.push(stream);
      return stream;
    },
  };
}
const state = { sawAbort: () => {} };

/** Bytes without end, until it is destroyed. */
function endless(): Readable {
  return new Readable({
    read() {
      this.push(Buffer.alloc(64 * 1024));
    },
  });
}

/** `first`, more than a stream takes in advance, and once that has been read what `then` does. */
function beginning(first: Buffer, then: (stream: Readable) => void): Readable {
  let begun = false;
  return new Readable({
    read() {
      if (begun) return then(this);
      begun = true;
      this.push(first);
    },
  });
}

async function serving(read: (range: never, signal: AbortSignal) => Promise<Readable>, options?: SendOptions) {
  server = await representationServer(representationOf(content, { read }), options);
  return server;
}

/** A client that asks and then reads only what the test reads. */
async function asking(headers = ''): Promise<Socket> {
  const socket = connect(server.port, '127.0.0.1');
  await once(socket, 'connect');
  socket.on('error', () => undefined);
  socket.write(`GET /thing HTTP/1.1\r\nHost: test\r\n${headers}\r\n`);
  return socket;
}

/** Resolves when a stream has closed, whatever closed it: events.once would reject by an error before it. */
async function closing(stream: {
  closed: boolean;
  once(event: 'close', listener: () => void): unknown;
}): Promise<void> {
  if (!stream.closed) await new Promise<void>((resolve) => stream.once('close', resolve));
}

/** How an answer ends: whether it came whole, and what arrived of its body. */
async function ending(headers: Record<string, string> = {}): Promise<{ whole: boolean; bytes: number; ms: number }> {
  const started = performance.now();
  // On a connection that stays: one that closes after its answer would end a short body by itself.
  const request = get({
    port: server.port,
    host: '127.0.0.1',
    path: '/thing',
    headers: { connection: 'keep-alive', ...headers },
    agent: false,
  });
  const [response]: [IncomingMessage] = (await once(request, 'response')) as never;
  request.on('error', () => undefined);
  let bytes = 0;
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
  });
  response.on('error', () => undefined);
  await closing(response);
  return { whole: response.complete, bytes, ms: performance.now() - started };
}

describe('a client who leaves', () => {
  it('in the middle of the body: the reader is aborted and its stream destroyed at once', async () => {
    const reader = watched(async () => endless());
    await serving(reader.read);
    const socket = await asking();
    await once(socket, 'data');
    const left = performance.now();
    socket.destroy();
    expect((await reader.aborted) - left).toBeLessThan(500);
    expect(reader.opened.map((stream) => stream.destroyed)).toEqual([true]);
  });

  it('with a closed window, reading nothing: the same', async () => {
    const reader = watched(async () => endless());
    await serving(reader.read);
    const socket = (await asking()).pause();
    // Not before our own buffers and the kernel's are full.
    await stillness(() => reader.opened[0]?.readableLength ?? 0);
    const left = performance.now();
    socket.resetAndDestroy();
    expect((await reader.aborted) - left).toBeLessThan(500);
    expect(reader.opened[0]?.destroyed).toBe(true);
  });

  it('while the reader still opens: the reader is aborted, and a stream that comes anyway is destroyed', async () => {
    let deliver: (stream: Readable) => void = () => {};
    const reader = watched(
      () =>
        new Promise((resolve) => {
          deliver = resolve;
        }),
    );
    await serving(reader.read);
    const socket = await asking();
    while (server.reads.length === 0) await sleep(5);
    socket.destroy();
    await reader.aborted;
    const late = endless();
    deliver(late);
    await closing(late);
    expect(late.destroyed).toBe(true);
  });

  it('in the second of several parts: nothing more is opened', async () => {
    const opened: Readable[] = [];
    const reader = watched(async () => {
      opened.push(opened.length === 0 ? Readable.from([content.subarray(0, 1)], { objectMode: false }) : endless());
      return opened.at(-1) as Readable;
    });
    await serving(reader.read);
    const socket = await asking('Range: bytes=0-0,1000000-9999999,12000000-13000000\r\n');
    let received = 0;
    for await (const chunk of socket) {
      received += chunk.length;
      if (received > 100_000) break;
    }
    await reader.aborted;
    expect(server.reads).toHaveLength(2);
    expect(opened.map((stream) => stream.destroyed)).toEqual([true, true]);
  });

  it('does not abort a reader whose bytes all went out', async () => {
    let signal: AbortSignal | undefined;
    await serving(async (range: { start: number; end: number }, given) => {
      signal = given;
      return representationOf(content).read(range, given);
    });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ports: (number | undefined)[] = [];
    for (const range of ['bytes=0-9', 'bytes=0-9,5000-5009', 'bytes=-9']) {
      const [response] = await once(get({ port: server.port, path: '/thing', agent, headers: { range } }), 'response');
      ports.push(response.socket.localPort);
      await response.resume().toArray();
      expect(signal?.aborted).toBe(false);
    }
    // One connection served them all: an answer leaves it fit for the next one.
    expect(new Set(ports).size).toBe(1);
    agent.destroy();
  });
});

/** Resolves when a figure has stopped changing. */
async function stillness(figure: () => number): Promise<void> {
  for (let before = -1, same = 0; same < 10; ) {
    await sleep(10);
    same = figure() > 0 && figure() === before ? same + 1 : 0;
    before = figure();
  }
}

describe('a reader that fails', () => {
  const unavailable = () => new DomainError('unavailable', 'The store is not there.');

  it('before it opens: a problem, without a word of the representation', async () => {
    await serving(async () => {
      throw unavailable();
    });
    for (const range of ['bytes=0-9', 'bytes=0-9,5000-5009']) {
      const { status, headers, body } = await server.ask({ range });
      expect(status).toBe(503);
      expect(headers['content-type']).toBe('application/problem+json');
      expect(headers['cache-control']).toBe('no-store');
      for (const name of ['etag', 'last-modified', 'content-range', 'accept-ranges']) {
        expect(headers[name]).toBeUndefined();
      }
      expect(JSON.parse(String(body)).detail).toBe('The store is not there.');
    }
  });

  it('after it opened and before its first byte: a problem', async () => {
    await serving(
      async () =>
        new Readable({
          read() {
            this.destroy(unavailable());
          },
        }),
    );
    expect((await server.ask()).status).toBe(503);
  });

  it('before its first byte by an error that is not for people: a problem in our words', async () => {
    await serving(
      async () =>
        new Readable({
          read() {
            this.destroy(new Error('read ECONNRESET 10.0.0.7'));
          },
        }),
    );
    const { status, body } = await server.ask();
    expect(status).toBe(503);
    expect(String(body)).not.toContain('10.0.0.7');
  });

  it('with a stream that was destroyed already: a problem', async () => {
    await serving(async () =>
      endless()
        .on('error', () => undefined)
        .destroy(unavailable()),
    );
    expect((await server.ask()).status).toBe(503);
    server.serve(representationOf(content, { read: async () => endless().destroy() }));
    expect((await server.ask()).status).toBe(502);
  });

  it('with no byte at all: a problem', async () => {
    await serving(async () => Readable.from([], { objectMode: false }));
    expect((await server.ask()).status).toBe(502);
  });

  it.each(['bytes=0-', 'bytes=0-99999,5000000-'])('in the middle of %s: the connection ends at once', async (range) => {
    await serving(async () => beginning(content.subarray(0, 90_000), (stream) => stream.destroy(unavailable())));
    const { whole, bytes, ms } = await ending({ range });
    expect(whole).toBe(false);
    expect(bytes).toBeLessThan(91_000);
    expect(ms).toBeLessThan(1000);
  });

  it.each(['bytes=0-', 'bytes=0-99999,5000000-'])(
    'by ending early in %s: the connection ends at once',
    async (range) => {
      await serving(async () => beginning(content.subarray(0, 90_000), (stream) => stream.push(null)));
      const { whole, ms } = await ending({ range });
      expect(whole).toBe(false);
      expect(ms).toBeLessThan(1000);
    },
  );

  it('by closing without an error: the connection ends at once', async () => {
    await serving(async () => beginning(content.subarray(0, 90_000), (stream) => stream.destroy()));
    const { whole, ms } = await ending();
    expect(whole).toBe(false);
    expect(ms).toBeLessThan(1000);
  });

  it.each(['bytes=0-9', 'bytes=0-9,5000000-5000009'])(
    'by delivering too much for %s: no byte too many, and the connection ends',
    async (range) => {
      await serving(async ({ start }) =>
        Readable.from([content.subarray(start, start + 8), Buffer.alloc(50, 'X')], { objectMode: false }),
      );
      const socket = await asking(`Range: ${range}\r\n`);
      const received: Buffer[] = [];
      socket.on('data', (chunk) => received.push(chunk));
      await closing(socket);
      expect(Buffer.concat(received).includes('XXXX')).toBe(false);
    },
  );
});

describe('a client who stands still', () => {
  it('is cut after a while, and its reader let go', async () => {
    const reader = watched(async () => endless());
    await serving(reader.read, { stallSeconds: 1 });
    const socket = (await asking()).pause();
    socket.on('error', () => undefined);
    await reader.aborted;
    expect(reader.opened[0]?.destroyed).toBe(true);
    await closing(socket.resume());
  });

  it('is left alone as long as bytes move, however few', async () => {
    await serving(
      async () =>
        Readable.from(
          (async function* () {
            for (let at = 0; at < 8; at += 1) {
              await sleep(200);
              yield content.subarray(at, at + 1);
            }
          })(),
          { objectMode: false },
        ),
      { stallSeconds: 0.6 },
    );
    const { status, body } = await server.ask({ range: 'bytes=0-7' });
    expect(status).toBe(206);
    expect(body.equals(content.subarray(0, 8))).toBe(true);
  });
});

describe('several parts', () => {
  it('are read one after another, and leave no listeners behind', async () => {
    const warnings: Error[] = [];
    const warn = (warning: Error) => warnings.push(warning);
    process.on('warning', warn);
    let open = 0;
    let most = 0;
    await serving(async ({ start, end }: { start: number; end: number }) => {
      open += 1;
      most = Math.max(most, open);
      const stream = Readable.from([content.subarray(start, end + 1)], { objectMode: false });
      return stream.once('close', () => {
        open -= 1;
      });
    });
    const ranges = Array.from({ length: 16 }, (_, i) => `${i * MiB}-${i * MiB + 99_999}`);
    const parts = partsOf(await server.ask({ range: `bytes=${ranges.join(',')}` }));
    for (const { start, end, body } of parts) expect(body.equals(content.subarray(start, end + 1))).toBe(true);
    expect(parts).toHaveLength(16);
    expect(most).toBe(1);
    process.off('warning', warn);
    expect(warnings.filter(({ name }) => name === 'MaxListenersExceededWarning')).toEqual([]);
  });
});
