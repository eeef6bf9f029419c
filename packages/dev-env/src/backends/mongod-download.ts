import { join } from 'node:path';
import { execa } from 'execa';
import { DryMongoBinary, MongoBinary } from 'mongodb-memory-server-core';
import { MongoBinaryDownloadUrl } from 'mongodb-memory-server-core/lib/util/MongoBinaryDownloadUrl.js';
import type { Say } from '../programs.ts';

const version = '8.0.12';
const proxyVariables = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY'];

/** A mongod of MongoDB's own download, kept in the folder. Fails within seconds where downloads are impossible. */
export async function downloadMongod(binFolder: string, say: Say): Promise<string> {
  const downloadDir = join(binFolder, 'mongod');
  const options = await DryMongoBinary.generateOptions({ version, downloadDir });
  const kept = await DryMongoBinary.locateBinary(options);
  if (kept) return kept;
  const url = await new MongoBinaryDownloadUrl(options).getDownloadUrl();
  await probe(url);
  say('MongoDB: downloading mongod, about 100 MB, this once');
  const program = await MongoBinary.getPath({ version, downloadDir });
  // It may not run here: a processor without AVX, a missing library.
  await execa(program, ['--version'], { stdin: 'ignore' });
  return program;
}

// The download itself would try for minutes. Behind a proxy only the download knows the way.
async function probe(url: string): Promise<void> {
  if (proxyVariables.some((name) => process.env[name])) return;
  const answer = await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(4_000) }).catch(() => undefined);
  if (!answer) throw new Error(`${new URL(url).host} cannot be reached`);
  if (!answer.ok) throw new Error(`${new URL(url).host} answers ${answer.status}`);
}
