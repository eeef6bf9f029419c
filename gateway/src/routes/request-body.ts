import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { DomainError } from '@flixtube/chassis/errors';

/**
 * The body of a request, to be passed on as it comes; undefined when there is none.
 *
 * @param maxBytes most that passes
 * @throws DomainError 'too-large' before a byte is read where Content-Length says so; a body that doesn't say breaks off
 * with the same error
 */
export function bodyOf(req: IncomingMessage, maxBytes: number): Readable | undefined {
  const length = req.headers['content-length'];
  if (Number(length ?? 0) > maxBytes) throw tooLarge(maxBytes);
  if (req.headers['transfer-encoding'] === undefined && Number(length ?? 0) === 0) return undefined;
  return new RequestBody(req, maxBytes);
}

/**
 * Between the request and the client of the neighbour, for two reasons: what passes is counted, and when the neighbour
 * answers early its client destroys what it was reading. Destroying the request would take the viewer's connection along
 * and with it the answer; here the rest is discarded instead.
 */
class RequestBody extends Readable {
  readonly #req: IncomingMessage;
  readonly #maxBytes: number;
  #bytes = 0;
  #begun = false;

  constructor(req: IncomingMessage, maxBytes: number) {
    super();
    this.#req = req;
    this.#maxBytes = maxBytes;
  }

  // Reading begins when someone asks for bytes, since a sender who expects 100 (Continue) is told so then.
  override _read(): void {
    if (!this.#begun) {
      this.#begun = true;
      this.#req.on('data', this.#pass).on('end', this.#end).on('error', this.#breakOff).on('close', this.#breakOff);
    }
    this.#req.resume();
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    this.#req.off('data', this.#pass).off('end', this.#end).off('close', this.#breakOff);
    if (this.#begun) this.#req.resume();
    callback(error);
  }

  #pass = (chunk: Buffer): void => {
    this.#bytes += chunk.length;
    if (this.#bytes > this.#maxBytes) this.destroy(tooLarge(this.#maxBytes));
    else if (!this.push(chunk)) this.#req.pause();
  };

  #end = (): void => {
    this.push(null);
  };

  #breakOff = (): void => {
    if (!this.#req.complete) this.destroy(new DomainError('invalid', 'The body of the request broke off.'));
  };
}

function tooLarge(maxBytes: number): DomainError {
  return new DomainError(
    'too-large',
    `The body of the request is larger than the ${maxBytes} bytes that are taken here.`,
    { errors: [{ path: 'body', message: `must not be larger than ${maxBytes} bytes` }] },
  );
}
