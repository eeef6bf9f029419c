/**
 * Reads a list that is ordered by a number, greatest first, in stretches of its index that are bounded at both ends.
 *
 * MongoDB walks an index in order, stops where the page is full, and needs no lower bound for that. Not so every engine
 * that speaks its protocol: some find a range by an index, but sort all that is in it, so that a page of 100,000 videos
 * would read every one of them. A lower bound that is about a page away makes that a few, and costs MongoDB nothing.
 */

/** A part of a list: keys from `from` on and below `below`; undefined is no bound. */
export interface Stretch {
  from: number | undefined;
  below: number | undefined;
}

/** Where a page ended. */
interface End {
  key: number;
  /** How far it is from the page's first key to its last: about as far as to the end of the next one. */
  span: number;
}

/**
 * How far stretches reach, in pages like the one before: by as much as the key fell over that page, it is expected to fall
 * again, as a ratio, which fits times, counts and scores that decay. The first one is short since the top of a popular
 * list is steeper than what follows. Where all are too short keys are sparse and little is left, as a rule: then all the
 * rest is read.
 */
const reaches = [0.5, 2, 16];
/** A page spans at least this part of its key: of a time, a tenth of a millisecond. */
const leastSpan = 2 ** -44;

/**
 * Reads `count` items from where a page ended, or all there are.
 *
 * @param read gives the items of a stretch in order, `most` at most
 */
export async function readAfter<T>(
  end: End,
  count: number,
  read: (stretch: Stretch, most: number) => Promise<T[]>,
): Promise<T[]> {
  const found: T[] = [];
  const fall = end.key / (end.key + Math.max(end.span, end.key * leastSpan));
  let below = end.key;
  for (const reach of reaches) {
    const from = end.key * fall ** reach;
    if (!(from > 0)) break;
    found.push(...(await read({ from, below }, count - found.length)));
    if (found.length >= count) return found;
    below = from;
  }
  found.push(...(await read({ from: undefined, below }, count - found.length)));
  return found;
}

/** Most lists of which is remembered how far their first page reached. */
const mostRemembered = 1_000;

/** Reads first pages, and remembers of each list how far down the last one reached: the next one is there, or above. */
export class FirstPages {
  /** The lowest key of the page; 0 for a list that is shorter than a page, and read whole. */
  readonly #reached = new Map<string, number>();
  readonly #firstReads = new Map<string, Promise<unknown>>();

  /**
   * Reads the first `count` items of a list, or all there are.
   *
   * @param list names it
   * @param guesses where the page may end, from the greatest key on, for a list that was never read
   * @param keyOf an item's key
   * @param read gives the items of a stretch in order, `most` at most
   */
  async read<T>(
    list: string,
    count: number,
    guesses: readonly number[],
    keyOf: (item: T) => number,
    read: (stretch: Stretch, most: number) => Promise<T[]>,
  ): Promise<T[]> {
    // How far a page reaches is found out by one caller, while the others wait.
    const firstReadOfAnother = this.#firstReads.get(list);
    if (firstReadOfAnother !== undefined) await firstReadOfAnother;
    const known = this.#reached.has(list);
    const reading = this.#read(list, count, guesses, keyOf, read);
    if (known) return reading;
    const firstRead = reading.catch(() => {}).finally(() => this.#firstReads.delete(list));
    this.#firstReads.set(list, firstRead);
    return reading;
  }

  async #read<T>(
    list: string,
    count: number,
    guesses: readonly number[],
    keyOf: (item: T) => number,
    read: (stretch: Stretch, most: number) => Promise<T[]>,
  ): Promise<T[]> {
    const reached = this.#reached.get(list);
    const bounds = reached === undefined ? guesses : [reached];
    const found: T[] = [];
    let below: number | undefined;
    for (const from of bounds.filter((bound) => bound > 0)) {
      found.push(...(await read({ from, below }, count - found.length)));
      if (found.length >= count) break;
      below = from;
    }
    if (found.length < count) found.push(...(await read({ from: undefined, below }, count - found.length)));
    const last = found[count - 1];
    this.#remember(list, last === undefined ? 0 : keyOf(last));
    return found;
  }

  #remember(list: string, reached: number): void {
    this.#reached.delete(list);
    this.#reached.set(list, reached);
    const [oldest] = this.#reached.keys();
    if (oldest !== undefined && this.#reached.size > mostRemembered) this.#reached.delete(oldest);
  }
}
