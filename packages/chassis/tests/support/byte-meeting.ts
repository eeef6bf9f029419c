import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ByteClient, type ByteClientOptions, createByteClient } from '../../src/byte-client.ts';
import { createIdentity } from '../../src/identity.ts';
import { testSecret } from './running-app.ts';

export const identity = createIdentity({ secret: testSecret, service: 'video-streaming' });
export const MiB = 1024 * 1024;
export const never = new AbortController().signal;

/** A neighbour that a test plays, and a client of bytes for it. */
export class Meeting {
  #neighbour: Server | undefined;
  #client: ByteClient | undefined;

  get client(): ByteClient {
    if (this.#client === undefined) throw new Error('There is no neighbour yet');
    return this.#client;
  }

  /** A neighbour that answers so. */
  async with(listener: RequestListener, options: Partial<ByteClientOptions> = {}): Promise<void> {
    this.#neighbour = createServer(listener).listen(0, '127.0.0.1');
    await once(this.#neighbour, 'listening');
    this.turnTo((this.#neighbour.address() as AddressInfo).port, options);
  }

  /** Whoever listens there. */
  turnTo(port: number, options: Partial<ByteClientOptions> = {}): void {
    this.#client = createByteClient({
      baseUrl: `http://127.0.0.1:${port}`,
      identity,
      name: 'video-storage',
      ...options,
    });
  }

  async end(): Promise<void> {
    await this.#client?.close();
    this.#neighbour?.closeAllConnections();
    this.#neighbour?.close();
    this.#neighbour = undefined;
  }
}

/** The error that something fails with. */
// biome-ignore lint/suspicious/noExplicitAny: each test knows which error it wants
export async function failure(work: Promise<unknown>): Promise<any> {
  const outcome = await work.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ('error' in outcome) return outcome.error;
  throw new Error(`It did not fail: ${JSON.stringify(outcome.value)}`);
}

/** How a request ends at the neighbour, as seen there. */
export function endingOf(req: IncomingMessage): Promise<{ whole: boolean; bytes: number }> {
  let bytes = 0;
  req.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
  });
  req.on('error', () => undefined);
  return new Promise((resolve) => req.once('close', () => resolve({ whole: req.complete, bytes })));
}
