/** `npm run bench`: every benchmark, each against its reference in the same run; `npm run bench -- upload` just one. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startSystem } from '@flixtube/dev-env/system';
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

const names = process.argv.slice(2);
const unknown = names.filter((name) => !(name in benchmarks));
if (unknown.length > 0) {
  say(`There is no benchmark ${unknown.join(' or ')}. There are: ${Object.keys(benchmarks).join(', ')}.`);
  process.exitCode = 2;
} else {
  await run(names.length === 0 ? Object.keys(benchmarks) : names);
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
