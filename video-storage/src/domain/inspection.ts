import { createHash } from 'node:crypto';
import { DomainError } from '@flixtube/chassis/errors';
import { sniffContentType, TELLING_BYTES } from './content-type.ts';
import type { ObjectFacts } from './object-store.ts';

/** Learns what an object is while its bytes pass. */
export class Inspection {
  readonly #accept: readonly string[] | undefined;
  readonly #sha256 = createHash('sha256');
  #sizeBytes = 0;
  #contentType = 'application/octet-stream';

  /** @param accept types and ranges, one of which it must be: `video/mp4`, `video/*` */
  constructor(accept: readonly string[] | undefined) {
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
    if (this.#accept !== undefined) requireAccepted(this.#contentType, this.#sizeBytes, this.#accept);
  }
}

/**
 * @param accept types and ranges in lower case, one of which `contentType` must be
 * @throws DomainError unsupported-type, which says what the file is and what is accepted
 */
export function requireAccepted(contentType: string, sizeBytes: number, accept: readonly string[]): void {
  const type = contentType.toLowerCase();
  if (accept.includes(type) || accept.includes(type.replace(/\/.*/, '/*'))) return;
  const found = sizeBytes === 0 ? 'empty' : contentType;
  const wanted = accept.join(' or ');
  throw new DomainError('unsupported-type', `The file is ${found}; only ${wanted} is accepted.`, {
    errors: [{ path: 'body', message: `is ${found}, must be ${wanted}` }],
  });
}
