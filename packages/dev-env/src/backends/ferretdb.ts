import { createHash } from 'node:crypto';
import { mkdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { runnable, type Say } from '../programs.ts';
import { requireGo } from '../tools.ts';

const source = join(import.meta.dirname, '../../ferretdb');

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
  // Under another name first: a build that is broken off, or a second one at the same time, leaves no half of a program.
  const unfinished = `${program}.${process.pid}`;
  const result = await execa(go, ['build', '-trimpath', '-ldflags=-s -w', '-o', unfinished, '.'], {
    cwd: source,
    env: { CGO_ENABLED: '0' },
    stdin: 'ignore',
    all: true,
    reject: false,
    timeout: 20 * 60_000,
    ...(signal && { cancelSignal: signal }),
  });
  signal?.throwIfAborted();
  if (result.failed) throw new Error(`go build: ${result.all?.trim().split('\n').at(-1) || result.shortMessage}`);
  await rename(unfinished, program);
  return program;
}

async function digestOfSources(): Promise<string> {
  const digest = createHash('sha256');
  for (const file of ['go.mod', 'go.sum', 'main.go', 'front.go']) digest.update(await readFile(join(source, file)));
  return digest.digest('hex').slice(0, 12);
}
