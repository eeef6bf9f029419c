import { createHash } from 'node:crypto';
import { DomainError } from '@flixtube/chassis/errors';
import { sniffContentType, TELLING_BYTES } from './content-type.ts';
import type { ObjectFacts } from './object-store.ts';

/** Learns what an object is while its bytes pass. */
export class Inspection {
  readonly #accept: string | undefined;
  readonly #sha256 = createHash('sha256');
  #sizeBytes = 0;
  #contentType = 'application/octet-stream';

  /** @param accept what the type must begin with, such as `video/` */
  constructor(accept: string | undefined) {
    this.#accept = accept;
  }

  /**
   * Passes bytes on from the moment that their type is known.
   * @throws DomainError unsupported-type before the first byte has passed
   */
  async *through(body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    let beginning: Buffer[] | undefined = [];
    for await (const chunk of body) {
      this.#sha256.update(chunk);
      this.#sizeBytes += chunk.length;
      if (beginning === undefined) {
        yield chunk;
        continue;
      }
      beginning.push(chunk);
      if (this.#sizeBytes < TELLING_BYTES) continue;
      await this.#tellType(beginning);
      yield* beginning;
      beginning = undefined;
    }
    if (beginning === undefined) return;
    await this.#tellType(beginning);
    yield* beginning;
  }

  /** Once, after all has passed. */
  facts(): ObjectFacts {
    return { sizeBytes: this.#sizeBytes, sha256: this.#sha256.digest('hex'), contentType: this.#contentType };
  }

  async #tellType(beginning: Buffer[]): Promise<void> {
    this.#contentType = await sniffContentType(Buffer.concat(beginning));
    if (this.#accept === undefined || this.#contentType.startsWith(this.#accept)) return;
    throw notAccepted(this.#sizeBytes === 0 ? 'empty' : this.#contentType, this.#accept);
  }
}

/** The refusal of a file that is something else than what is accepted. */
export function notAccepted(found: string, accept: string): DomainError {
  return new DomainError('unsupported-type', `The file is ${found}; only ${accept}* is accepted.`, {
    errors: [{ path: 'body', message: `is ${found}, must be ${accept}*` }],
  });
}
