import type { System } from '@flixtube/dev-env/system';
import type { Comparison } from './compare.ts';

/** What a benchmark runs on: a whole system that nobody else uses, and a folder that is removed afterwards. */
export interface BenchContext {
  system: System;
  folder: string;
}

/** A benchmark gives its comparisons one after another, as soon as each is measured. */
export type Benchmark = (context: BenchContext) => AsyncGenerator<Comparison>;

/** Progress, apart from the figures on standard output. */
export const say = (line: string): void => console.error(line);
