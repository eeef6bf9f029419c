/** Where somebody can read one object for a few minutes, from the store or a CDN before it. The address is a secret. */
export interface Address {
  url: string;
  expiresAt: Date;
}

/** Whose caches may keep what an address answers. */
export type Sharing = 'public' | 'private';

/** Signs addresses that read one object and do nothing else. */
export interface AddressSigner {
  /** @throws DomainError 'unavailable' */
  sign(key: string, o: { expiresAt: Date; cacheControl: string }): Promise<string>;
}

/** Readable addresses of objects. */
export class Addresses {
  readonly #signer: AddressSigner;
  readonly #lifeSeconds: number;

  /** @param o.lifeSeconds longest that an address works; each is handed out with at least half of it before it */
  constructor(signer: AddressSigner, o: { lifeSeconds: number }) {
    this.#signer = signer;
    this.#lifeSeconds = o.lifeSeconds;
  }

  /**
   * The address of an object, whether or not there is one. All that are made in one half of the life end together, so that
   * all viewers of that time have the same address and a CDN that keeps answers by their whole address keeps one of them.
   * @throws DomainError 'unavailable'
   */
  async of(key: string, sharing: Sharing, now = Date.now()): Promise<Address> {
    const half = (this.#lifeSeconds * 1_000) / 2;
    const expiresAt = new Date((Math.floor(now / half) + 2) * half);
    // No longer than a half: what a cache took at the last moment is gone half a life after the address is.
    const cacheControl = `${sharing}, max-age=${Math.floor(half / 1_000)}, immutable`;
    return { url: await this.#signer.sign(key, { expiresAt, cacheControl }), expiresAt };
  }
}
