/** A place for one block's bytes, used again and again: an upload's memory does not grow with its length. */
export interface Block {
  buffer: Buffer;
  length: number;
}

/**
 * Cuts a stream into blocks of `blockBytes`, the last one shorter; at least one, empty for an empty stream.
 * At most `places` blocks are out at a time: the next one is filled when one of them was given back with `release`.
 */
export class BlockCutter {
  readonly #free: Block[];
  readonly #waiting: ((block: Block) => void)[] = [];

  constructor(o: { blockBytes: number; places: number }) {
    this.#free = Array.from({ length: o.places }, () => ({ buffer: Buffer.allocUnsafeSlow(o.blockBytes), length: 0 }));
  }

  release(block: Block): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free.push(block);
    else next(block);
  }

  async *cut(stream: AsyncIterable<Buffer>): AsyncGenerator<Block> {
    let block = await this.#place();
    for await (const chunk of stream) {
      for (let at = 0; at < chunk.length; ) {
        if (block.length === block.buffer.length) {
          yield block;
          block = await this.#place();
        }
        const copied = chunk.copy(block.buffer, block.length, at);
        block.length += copied;
        at += copied;
      }
    }
    yield block;
  }

  async #place(): Promise<Block> {
    const block = this.#free.pop() ?? (await new Promise<Block>((resolve) => this.#waiting.push(resolve)));
    block.length = 0;
    return block;
  }
}
