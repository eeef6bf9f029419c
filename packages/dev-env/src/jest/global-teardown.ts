import type { Holder } from '../holder.ts';

/** Jest's global teardown: ends what the global setup has started. */
export default async function globalTeardown(): Promise<void> {
  const { flixtubeBackends } = globalThis as { flixtubeBackends?: Holder };
  await flixtubeBackends?.stop();
}
