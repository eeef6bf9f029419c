import { DomainError } from '@flixtube/chassis/errors';
import type { Overrides } from '../../src/wiring.ts';

/** A worker's end after so many calls of what it stands on: that one is done, its answer is not heard, and no more follow. */
export class Doom {
  readonly #killAt: number;
  readonly #kill: () => void;
  calls = 0;
  isDead = false;
  /** The call that was its last. */
  last = '';

  constructor(killAt: number, kill: () => void) {
    this.#killAt = killAt;
    this.#kill = kill;
  }

  readonly around: NonNullable<Overrides['around']> = (port) =>
    new Proxy(port, {
      get: (target, name) => {
        const method = Reflect.get(target, name) as (...args: unknown[]) => unknown;
        return (...args: unknown[]) => {
          const result = this.isDead ? Promise.reject(this.#gone()) : method.apply(target, args);
          this.calls += 1;
          const isLast = this.calls === this.#killAt;
          // What comes in parts is followed through by the calls that each part causes.
          if (!(result instanceof Promise)) return result;
          return result.finally(() => {
            if (isLast) this.#die(String(name));
            if (this.isDead) throw this.#gone();
          });
        };
      },
    });

  #die(name: string): void {
    this.last = name;
    this.isDead = true;
    this.#kill();
  }

  #gone(): DomainError {
    return new DomainError('unavailable', 'Killed by the test.');
  }
}
