import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { runnable, type Say } from '../programs.ts';
import { requireGo } from '../tools.ts';

const source = join(import.meta.dirname, '../../ferretdb');

const sqlite = 'vendor/github.com/FerretDB/FerretDB/internal/backends/sqlite';

/**
 * Two lines of FerretDB 1 that keep it from finding a document by its _id in an index. What it finds is the same without
 * them: it filters what it reads from SQLite in any case. Of 1,000 documents, 200 updates took 17 s with them, and take 0.4 s without.
 */
const mends = [
  {
    // A filter with an _id and other conditions, as nearly every update here has, would read the whole collection.
    file: `${sqlite}/collection.go`,
    from: 'if params.Filter.Len() == 1 {',
    to: 'if params.Filter.Len() > 0 {',
  },
  {
    // SQLite takes an index for an expression that is written as in the index, and that has "_id" for a path.
    file: `${sqlite}/metadata/metadata.go`,
    from: `IDColumn = DefaultColumn + "->'$._id'"`,
    to: `IDColumn = DefaultColumn + "->'_id'"`,
  },
];

/**
 * Builds FerretDB's embedded form once, and answers the program's path.
 * It is kept under a name made of its sources' digest, so that a change of version builds anew.
 */
export async function buildFerretdb(binFolder: string, say: Say, signal?: AbortSignal): Promise<string> {
  const program = join(binFolder, `ferretdb-${await digestOfSources()}`);
  if (await runnable(program)) return program;
  const go = await requireGo(say);
  say('MongoDB: building FerretDB with Go: about two minutes, this once');
  await mkdir(binFolder, { recursive: true });
  // In a folder of its own: a build that is broken off, or a second one at the same time, leaves no half of a program.
  const folder = await mkdtemp(join(binFolder, 'build-'));
  const run = (...args: string[]) => runGo(go, args, folder, signal);
  try {
    await cp(source, folder, { recursive: true });
    await run('mod', 'vendor');
    await mend(folder);
    await run('build', '-trimpath', '-ldflags=-s -w', '-o', 'ferretdb', '.');
    await rename(join(folder, 'ferretdb'), program);
  } finally {
    await rm(folder, { recursive: true });
  }
  return program;
}

async function runGo(go: string, args: string[], cwd: string, signal?: AbortSignal): Promise<void> {
  const result = await execa(go, args, {
    cwd,
    env: { CGO_ENABLED: '0', GOWORK: 'off' },
    stdin: 'ignore',
    all: true,
    reject: false,
    timeout: 20 * 60_000,
    ...(signal && { cancelSignal: signal }),
  });
  signal?.throwIfAborted();
  if (result.failed) throw new Error(`go ${args[0]}: ${result.all?.trim().split('\n').at(-1) || result.shortMessage}`);
}

async function mend(folder: string): Promise<void> {
  for (const { file, from, to } of mends) {
    const path = join(folder, file);
    const text = await readFile(path, 'utf8');
    if (!text.includes(from)) throw new Error(`FerretDB is another than the one to mend: ${file} has no "${from}"`);
    await writeFile(path, text.replaceAll(from, to));
  }
}

async function digestOfSources(): Promise<string> {
  const digest = createHash('sha256').update(JSON.stringify(mends));
  for (const file of ['go.mod', 'go.sum', 'main.go', 'front.go']) digest.update(await readFile(join(source, file)));
  return digest.digest('hex').slice(0, 12);
}
