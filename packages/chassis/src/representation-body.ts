import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { TLSSocket } from 'node:tls';
import { DomainError } from './errors.ts';
import type { ByteRange } from './representation-ranges.ts';

/** Some bytes of the representation, with what precedes them in the content. */
export interface Part {
  head: string;
  range: ByteRange;
}

export interface Parts {
  status: number;
  headers: Record<string, string | number>;
  parts: Part[];
  tail: string;
  read(range: ByteRange, signal: AbortSignal): Promise<Readable>;
  stallMs: number;
}

/**
 * Sends an answer whose parts are read one after another. Status and headers leave with the first byte: what fails
 * before rejects with nothing sent; what fails later cuts the connection and rejects. Resolves when the client left.
 */
export async function sendParts(res: ServerResponse, answer: Parts): Promise<void> {
  const leaving = new AbortController();
  res.once('close', () => {
    if (!res.writableFinished) leaving.abort();
  });
  if (res.destroyed) return;
  const { signal } = leaving;
  try {
    for (const { head, range } of answer.parts) {
      const body = await open(answer, range, signal);
      if (!res.headersSent) {
        res.writeHead(answer.status, answer.headers);
        res.setTimeout(answer.stallMs, () => cut(res));
      }
      if (head !== '') res.write(head, 'latin1');
      await copy(body, res, range, signal);
    }
    res.end(answer.tail === '' ? undefined : answer.tail);
  } catch (error) {
    if (signal.aborted && !(error instanceof WrongLength)) return;
    if (res.headersSent) cut(res);
    throw error;
  }
}

/** Waits for the first byte, so that a reader which fails before it can still be answered with a status of its own. */
async function open(answer: Parts, range: ByteRange, signal: AbortSignal): Promise<Readable> {
  const body = await answer.read(range, signal);
  // Heard from here on: an error that nobody listens to would end the process.
  const failed = new Promise<never>((_, reject) => {
    body.once('error', reject).once('close', () => reject(new WrongLength(0, range)));
    if (body.destroyed) reject(body.errored ?? new WrongLength(0, range));
  });
  failed.catch(() => undefined);
  try {
    if (body.readableLength === 0) await Promise.race([failed, once(body, 'readable', { signal })]);
    signal.throwIfAborted();
    if (body.readableLength === 0) throw new WrongLength(0, range);
    return body;
  } catch (error) {
    body.destroy();
    throw error;
  }
}

/** Passes a range on. The bytes are counted, not looked at, and none too many ever reaches the connection. */
async function copy(body: Readable, res: ServerResponse, range: ByteRange, signal: AbortSignal): Promise<void> {
  const expected = range.end - range.start + 1;
  let passed = 0;
  let excess: WrongLength | undefined;
  // Registered before the pipeline's own listener, and so called before it hands the chunk on.
  body.on('data', (chunk: Buffer) => {
    passed += chunk.length;
    if (passed <= expected || excess !== undefined) return;
    excess = new WrongLength(passed, range);
    cut(res);
    body.destroy(excess);
  });
  try {
    await pipeline(body, res, { signal, end: false });
  } catch (error) {
    throw excess ?? error;
  }
  if (passed !== expected) throw new WrongLength(passed, range);
}

/** The reader broke its promise. Not the doing of a client who left, even where the connection is already closed. */
class WrongLength extends DomainError {
  constructor(delivered: number, { start, end }: ByteRange) {
    super('bad-neighbour', 'The content could not be read whole. Try again.', {
      cause: new Error(`The reader of bytes ${start}-${end} delivered ${delivered}`),
    });
  }
}

/**
 * Ends the connection by a reset: a FIN would wait behind all that the kernel still holds for a slow client, and that
 * client would take the end for a pause meanwhile.
 */
function cut(res: ServerResponse): void {
  const { socket } = res;
  const isTcp = socket?.remoteAddress !== undefined && !(socket instanceof TLSSocket);
  if (isTcp) socket.resetAndDestroy();
  res.destroy();
}
