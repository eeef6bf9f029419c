import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startHolder } from '../holder.ts';

/** Jest's global setup: brings up what `globals.backends` of the workspace's jest.config.js lists. */
export default async function globalSetup(_: unknown, project: { globals: Record<string, unknown> }): Promise<void> {
  const needs = project.globals.backends;
  if (!Array.isArray(needs)) throw new Error('jest.config.js: globals.backends must list the backends');
  const dataFolder = await mkdtemp(join(tmpdir(), 'flixtube-test-'));
  const holder = await startHolder({ needs, dataFolder, temporary: true });
  Object.assign(process.env, holder.env);
  Object.assign(globalThis, { flixtubeBackends: holder });
}
