import { setTimeout as pause } from 'node:timers/promises';

/** A measured figure: what is measured, in which unit, and which way is better. */
export interface Comparison {
  name: string;
  unit: string;
  ours: number;
  reference: number;
}

/**
 * Measures ours and the reference in turn, `rounds` times after one round of warming up, and compares the medians:
 * this machine's speed changes from minute to minute, but not much within a pair.
 */
export async function compare(o: {
  name: string;
  unit: string;
  rounds?: number;
  ours(): Promise<number>;
  reference(): Promise<number>;
}): Promise<Comparison> {
  const ours: number[] = [];
  const reference: number[] = [];
  for (let round = 0; round <= (o.rounds ?? 3); round += 1) {
    const pair = [await o.ours(), await o.reference()] as const;
    await pause(200);
    if (round === 0) continue;
    ours.push(pair[0]);
    reference.push(pair[1]);
  }
  return { name: o.name, unit: o.unit, ours: median(ours), reference: median(reference) };
}

/** The line that a benchmark prints. */
export function lineOf({ name, unit, ours, reference }: Comparison): string {
  return `${name}: ours ${figure(ours)} ${unit}, reference ${figure(reference)} ${unit}, ratio ${(ours / reference).toFixed(2)}`;
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

const figure = (value: number) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));
