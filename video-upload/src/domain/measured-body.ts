import { createHash } from 'node:crypto';
import { finished, type Readable, Transform, type TransformCallback } from 'node:stream';
import { DomainError } from '@flixtube/chassis/errors';

/** Passes a file's bytes on, and counts and hashes them as they pass. Fails with 'too-large' beyond `maxBytes`. */
export class MeasuredBody extends Transform {
  readonly #hash = createHash('sha256');
  readonly #maxBytes: number;
  #sha256: string | undefined;
  #sizeBytes = 0;

  constructor(maxBytes: number) {
    super();
    this.#maxBytes = maxBytes;
  }

  /** How many bytes have come so far. */
  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** In lowercase hexadecimal; undefined until all bytes have passed. */
  get sha256(): string | undefined {
    return this.#sha256;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#sizeBytes += chunk.length;
    if (this.#sizeBytes > this.#maxBytes) {
      done(tooLarge(this.#maxBytes));
    } else {
      this.#hash.update(chunk);
      done(null, chunk);
    }
  }

  override _flush(done: TransformCallback): void {
    this.#sha256 = this.#hash.digest('hex');
    done();
  }
}

/**
 * Lets `source` flow into `target`, and fails `target` when `source` breaks off. Unlike `pipeline` it leaves `source`
 * open when `target` fails: a request that is destroyed could not be answered any more.
 */
export function feed(source: Readable, target: MeasuredBody): void {
  finished(source, { writable: false }, (error) => {
    if (error) target.destroy(new DomainError('invalid', 'The file broke off before its end.', { cause: error }));
  });
  source.pipe(target);
}

export function tooLarge(maxBytes: number): DomainError {
  const message = `must be at most ${maxBytes} bytes`;
  return new DomainError('too-large', `The file is larger than the ${maxBytes} bytes that are taken here.`, {
    errors: [{ path: 'body', message }],
  });
}

export function emptyFile(): DomainError {
  return new DomainError('invalid', 'The file is empty: the body of the request must be the video itself.', {
    errors: [{ path: 'body', message: 'must not be empty' }],
  });
}
