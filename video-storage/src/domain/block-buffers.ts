/** Kept for the next blocks when nobody waits for one. */
const MOST_FREE = 8;

/**
 * Buffers of one block each, which all that comes in shares: so what this process holds does not grow with the number
 * of uploads. Who finds all of them taken waits, first come, first served, and reads no further meanwhile. A holder
 * must not wait for another one, nor for ever for its sender.
 */
export class BlockBuffers {
  /** Length of each, in bytes. */
  readonly blockBytes: number;
  readonly most: number;
  readonly #free: Buffer[] = [];
  readonly #waiting: ((buffer: Buffer) => void)[] = [];
  #taken = 0;

  constructor({ blockBytes, most }: { blockBytes: number; most: number }) {
    this.blockBytes = blockBytes;
    this.most = most;
  }

  get taken(): number {
    return this.#taken;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  async take(): Promise<Buffer> {
    if (this.#taken === this.most) return new Promise((resolve) => this.#waiting.push(resolve));
    this.#taken += 1;
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(this.blockBytes);
  }

  giveBack(buffer: Buffer): void {
    const next = this.#waiting.shift();
    if (next !== undefined) {
      next(buffer);
      return;
    }
    this.#taken -= 1;
    if (this.#free.length < MOST_FREE) this.#free.push(buffer);
  }
}
