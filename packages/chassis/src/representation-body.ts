import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { addAbortSignal, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { TLSSocket } from 'node:tls';
import { DomainError } from './errors.ts';
import type { ByteRange } from './representation-ranges.ts';

/** Some bytes of the representation, with what precedes them in the content. */
export interface Part {
  head: string;
  range: ByteRange;
}

export interface Content {
  status: number;
  headers: Record<string, string | number>;
  parts: [Part, ...Part[]];
  tail: string;
  read(range: ByteRange, signal: AbortSignal): Promise<Readable>;
  /** How long the connection may stand still. */
  stallMs: number;
}

/**
 * Sends content whose parts are read one after another. Status and headers leave with the first byte: what fails
 * before rejects with nothing sent; what fails later cuts the connection and rejects. Resolves when the client left.
 */
export async function sendContent(res: ServerResponse, content: Content): Promise<void> {
  const leaving = new AbortController();
  const { signal } = leaving;
  res.once('close', () => {
    if (!res.writableFinished) leaving.abort();
  });
  if (res.destroyed) return;
  try {
    const [part] = content.parts;
    const first = await open(content, part.range, signal);
    res.writeHead(content.status, content.headers);
    res.setTimeout(content.stallMs, () => cut(res));
    if (content.parts.length === 1) {
      await pass(first, part.range, res, signal);
    } else {
      await pipeline(Readable.from(join(content, first, signal), { objectMode: false }), res, { signal, end: false });
    }
    res.end();
  } catch (error) {
    if (signal.aborted && !(error instanceof WrongLength)) return;
    if (res.headersSent) cut(res);
    throw error;
  }
}

/** Waits for the first byte, so that a reader which fails before it can still be answered with a status of its own. */
async function open(content: Content, range: ByteRange, signal: AbortSignal): Promise<Readable> {
  const body = await content.read(range, signal);
  // Heard from here on: an error that nobody listens to would end the process.
  const failed = new Promise<never>((_, reject) => {
    body.once('error', reject).once('close', () => reject(new WrongLength(0, range)));
    if (body.destroyed) reject(body.errored ?? new WrongLength(0, range));
  });
  addAbortSignal(signal, body);
  failed.catch(() => undefined);
  try {
    if (body.readableLength === 0) await Promise.race([failed, once(body, 'readable', { signal })]);
    signal.throwIfAborted();
    if (body.readableLength === 0) throw new WrongLength(0, range);
    return body;
  } catch (error) {
    body.destroy();
    if (signal.aborted || error instanceof DomainError) throw error;
    throw new DomainError('unavailable', 'The content cannot be read right now. Please try again in a moment.', {
      cause: error,
    });
  }
}

/** Passes a range on as it is. The bytes are counted, not touched, and none too many ever reaches the connection. */
async function pass(body: Readable, range: ByteRange, res: ServerResponse, signal: AbortSignal): Promise<void> {
  const expected = lengthOf(range);
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

/** The parts of a multipart/byteranges in one stream; each is opened when the one before it is through. */
async function* join(content: Content, first: Readable, signal: AbortSignal): AsyncGenerator<Buffer> {
  let body: Readable | undefined = first;
  for (const { head, range } of content.parts) {
    body ??= await open(content, range, signal);
    yield Buffer.from(head, 'latin1');
    let passed = 0;
    for await (const chunk of body as AsyncIterable<Buffer>) {
      passed += chunk.length;
      if (passed > lengthOf(range)) throw new WrongLength(passed, range);
      yield chunk;
    }
    if (passed !== lengthOf(range)) throw new WrongLength(passed, range);
    body = undefined;
  }
  yield Buffer.from(content.tail, 'latin1');
}

/** The reader broke its promise. Not the doing of a client who left, even where the connection is already closed. */
class WrongLength extends DomainError {
  constructor(delivered: number, range: ByteRange) {
    super('bad-neighbour', 'The content could not be read whole. Please try again.', {
      cause: new Error(`The reader of bytes ${range.start}-${range.end} delivered ${delivered}`),
    });
  }
}

/**
 * Ends the connection by a reset: a FIN would wait behind all that the kernel still holds for a slow client, and until
 * then that client would take the end for a pause.
 */
function cut(res: ServerResponse): void {
  const { socket } = res;
  const isTcp = socket?.remoteAddress !== undefined && !(socket instanceof TLSSocket);
  if (isTcp) socket.resetAndDestroy();
  res.destroy();
}

/** How many bytes a range is. */
export function lengthOf({ start, end }: ByteRange): number {
  return end - start + 1;
}
