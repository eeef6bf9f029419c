import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Say } from './programs.ts';
import { root } from './root.ts';
import { SetupFailure } from './setup-failure.ts';

const web = join(root, 'web');
// What the built app is made of, besides the installed packages.
const sources = ['web', 'packages/contracts/src', 'package-lock.json'];
const notSources = new Set(['dist', 'node_modules', 'coverage']);

/**
 * Builds the web app into web/dist when that is older than its sources.
 * @throws SetupFailure with what Vite says.
 */
export async function buildWeb(say: Say, signal?: AbortSignal): Promise<void> {
  const startedAt = performance.now();
  const built = await stat(join(web, 'dist/index.html')).catch(() => undefined);
  const newest = Math.max(...(await Promise.all(sources.map((source) => newestIn(join(root, source))))));
  if (built && built.mtimeMs > newest) return say('Web app: built before, nothing has changed');
  const result = await execa(process.execPath, [join(root, 'node_modules/vite/bin/vite.js'), 'build'], {
    cwd: web,
    env: { NODE_ENV: 'production' },
    stdin: 'ignore',
    all: true,
    reject: false,
    ...(signal && { cancelSignal: signal }),
  });
  signal?.throwIfAborted();
  if (result.failed) throw new SetupFailure(`The web app could not be built:\n${result.all ?? result.shortMessage}`);
  say(`Web app: built (${((performance.now() - startedAt) / 1_000).toFixed(1)} s)`);
}

/** When a file, or any file below a folder, was last changed: milliseconds since 1970. */
async function newestIn(path: string): Promise<number> {
  const entry = await stat(path);
  if (!entry.isDirectory()) return entry.mtimeMs;
  const names = (await readdir(path)).filter((name) => !notSources.has(name));
  // A folder itself changes when a file in it is removed, but also when dist/ is made: only those below count.
  const below = await Promise.all(names.map((name) => newestIn(join(path, name))));
  return Math.max(0, ...below);
}
