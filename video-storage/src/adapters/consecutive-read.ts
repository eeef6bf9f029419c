import { Readable } from 'node:stream';

export interface ByteRange {
  start: number;
  end: number;
}

/**
 * One stream of a range that is read in windows, one after another: each is opened when the one before it has been
 * taken. The first is opened before the promise resolves, so that a read which cannot begin rejects.
 */
export async function readConsecutively(
  range: ByteRange,
  windowBytes: number,
  open: (window: ByteRange, signal: AbortSignal) => Promise<Readable>,
  signal: AbortSignal,
): Promise<Readable> {
  if (range.end - range.start < windowBytes) return open(range, signal);
  const ended = new AbortController();
  const either = AbortSignal.any([signal, ended.signal]);
  const windows = windowsOf(range, windowBytes);
  const openNext = async () => {
    const { value } = windows.next();
    return value && (await open(value, either));
  };
  const first = await openNext();
  return new ConsecutiveRead(first as Readable, openNext, () => ended.abort());
}

function* windowsOf({ start, end }: ByteRange, windowBytes: number): Generator<ByteRange, undefined> {
  for (let at = start; at <= end; at += windowBytes) yield { start: at, end: Math.min(at + windowBytes - 1, end) };
}

class ConsecutiveRead extends Readable {
  readonly #openNext: () => Promise<Readable | undefined>;
  readonly #onDestroy: () => void;
  #source: Readable | undefined;
  /** Whether more was asked for since the last bytes: what is not, is not opened either. */
  #isWanted = false;

  constructor(first: Readable, openNext: () => Promise<Readable | undefined>, onDestroy: () => void) {
    super();
    this.#openNext = openNext;
    this.#onDestroy = onDestroy;
    this.#follow(first);
  }

  override _read(): void {
    const wasWanted = this.#isWanted;
    this.#isWanted = true;
    if (this.#source !== undefined) this.#source.resume();
    else if (!wasWanted) this.#goOn();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#onDestroy();
    this.#source?.destroy();
    callback(error);
  }

  #follow(source: Readable): void {
    this.#source = source;
    source
      .on('data', (chunk: Buffer) => {
        this.#isWanted = false;
        if (!this.push(chunk)) source.pause();
      })
      .on('error', (error) => this.destroy(error))
      .on('end', () => {
        this.#source = undefined;
        if (this.#isWanted) this.#goOn();
      })
      .on('close', () => {
        if (!source.readableEnded) this.destroy(new Error('A window of the read was closed before its end'));
      });
  }

  #goOn(): void {
    this.#openNext().then(
      (source) => {
        if (source === undefined) this.push(null);
        else if (this.destroyed) source.on('error', () => undefined).destroy();
        else this.#follow(source);
      },
      (error: Error) => this.destroy(error),
    );
  }
}
