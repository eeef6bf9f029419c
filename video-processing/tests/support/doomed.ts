import { DomainError } from '@flixtube/chassis/errors';
import type { Overrides } from '../../src/wiring.ts';

/** A call of what a worker stands on: the so-many-th of this name. Tasks overlap, so their order is another each time. */
export interface Call {
  name: string;
  number: number;
}

/** A worker's end after a call of what it stands on: that one is done, its answer is not heard, and no more follow. */
export class Doom {
  readonly #killAt: Call | undefined;
  readonly #kill: () => void;
  readonly #counts = new Map<string, number>();
  isDead = false;

  /** @param killAt undefined: it lives */
  constructor(killAt: Call | undefined, kill: () => void) {
    this.#killAt = killAt;
    this.#kill = kill;
  }

  /** All calls so far. */
  get calls(): Call[] {
    return [...this.#counts].flatMap(([name, count]) =>
      Array.from({ length: count }, (_, index) => ({ name, number: index + 1 })),
    );
  }

  readonly around: NonNullable<Overrides['around']> = (port) =>
    new Proxy(port, {
      get: (target, name) => {
        const method = Reflect.get(target, name) as (...args: unknown[]) => unknown;
        return (...args: unknown[]) => {
          const result = this.isDead ? Promise.reject(this.#gone()) : method.apply(target, args);
          const isLast = this.#isLast(String(name));
          // What comes in parts is followed through by the calls that each part causes.
          if (!(result instanceof Promise)) return result;
          return result.finally(() => {
            if (isLast) this.#die();
            if (this.isDead) throw this.#gone();
          });
        };
      },
    });

  #isLast(name: string): boolean {
    const number = (this.#counts.get(name) ?? 0) + 1;
    this.#counts.set(name, number);
    return name === this.#killAt?.name && number === this.#killAt.number;
  }

  #die(): void {
    this.isDead = true;
    this.#kill();
  }

  #gone(): DomainError {
    return new DomainError('unavailable', 'Killed by the test.');
  }
}
