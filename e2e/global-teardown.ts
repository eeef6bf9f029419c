import type { System } from './src/system.ts';

/** Jest's global teardown: stops what the global setup has started. */
export default async function globalTeardown(): Promise<void> {
  await (globalThis as { flixtubeSystem?: System }).flixtubeSystem?.stop();
}
