/** `npm run bench`: every benchmark, each against its reference in the same run; `npm run bench -- upload` just one. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SetupFailure } from '@flixtube/dev-env/setup-failure';
import { startSystem } from '@flixtube/dev-env/system';
import { endWith, parseCommandLine } from '../../scripts/command-line.ts';
import { type BenchContext, say } from './bench.ts';
import { catalogueList } from './catalogue-list.ts';
import { lineOf } from './compare.ts';
import { gatewayBytes } from './gateway-bytes.ts';
import { memory } from './memory.ts';
import { processing } from './processing.ts';
import { processingWorkers } from './processing-workers.ts';
import { tusUpload } from './tus-upload.ts';
import { upload } from './upload.ts';

const benchmarks = {
  'gateway-bytes': gatewayBytes,
  upload,
  'tus-upload': tusUpload,
  'catalogue-list': catalogueList,
  processing,
  'processing-workers': processingWorkers,
  memory,
};

const usage = `npm run bench -- [benchmark ...]
Each against its reference in the same run; all of them, where none is named.
There are: ${Object.keys(benchmarks).join(', ')}.`;

try {
  const { positionals } = parseCommandLine(usage, { args: process.argv.slice(2), allowPositionals: true });
  const unknown = positionals.filter((name) => !(name in benchmarks));
  if (unknown.length > 0) throw new SetupFailure(`There is no benchmark ${unknown.join(' or ')}.\n${usage}`);
  await run(positionals.length === 0 ? Object.keys(benchmarks) : positionals);
} catch (error) {
  endWith(error);
}

async function run(chosen: string[]): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'flixtube-bench-'));
  const env = { LOG_LEVEL: 'warn' };
  const system = await startSystem({ dataFolder: path.join(folder, 'data'), env, say });
  try {
    const context: BenchContext = { folder, system };
    for (const name of chosen) {
      for await (const comparison of benchmarks[name as keyof typeof benchmarks](context))
        console.log(lineOf(comparison));
    }
  } finally {
    await system.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
