import type { System } from '@flixtube/dev-env/system';

/** What a benchmark runs on: a whole system that nobody else uses, and a folder that is removed afterwards. */
export interface BenchContext {
  system: System;
  folder: string;
}

/** Progress, apart from the figures on standard output. */
export const say = (line: string): void => console.error(line);
