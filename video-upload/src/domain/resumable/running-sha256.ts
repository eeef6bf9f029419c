import { createSHA256 } from 'hash-wasm';

const loading = createSHA256();
/** Whose state is in the one hasher there is: each would take memory of its own, and a PATCH may last for hours. */
let inHand: RunningSha256 | undefined;

/** A SHA-256 that can be put aside in the middle and gone on with by another process (Node's own cannot). */
export class RunningSha256 {
  readonly #hasher: Awaited<typeof loading>;
  #saved: Uint8Array | undefined;

  private constructor(hasher: Awaited<typeof loading>, saved: Uint8Array | undefined) {
    this.#hasher = hasher;
    this.#saved = saved;
  }

  /** @param saved from `state`; undefined at the beginning of a file */
  static async from(saved?: Uint8Array): Promise<RunningSha256> {
    return new RunningSha256(await loading, saved);
  }

  update(bytes: Uint8Array): void {
    this.#take();
    this.#hasher.update(bytes);
  }

  /** Where it is now, some 120 bytes, as that version of the library has it. */
  get state(): Uint8Array {
    this.#take();
    return this.#hasher.save();
  }

  /** In lowercase hexadecimal. */
  get hex(): string {
    const { state } = this;
    const digest = this.#hasher.digest();
    this.#saved = state;
    inHand = undefined;
    return digest;
  }

  #take(): void {
    if (inHand === this) return;
    if (inHand !== undefined) inHand.#saved = this.#hasher.save();
    inHand = this;
    if (this.#saved === undefined) this.#hasher.init();
    else this.#hasher.load(this.#saved);
  }
}
