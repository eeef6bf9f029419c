import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sample } from '../samples/make-samples.ts';
import { putInSamples } from '../samples/put-in-samples.ts';

// Compose's `samples`: puts in what no earlier start has put in, and ends. Its data folder remembers what that is.
const [, , folder = '/samples', dataFolder = '/data', gateway = 'http://gateway:4000'] = process.argv;
const samples: Sample[] = JSON.parse(await readFile(join(folder, 'list.json'), 'utf8'));
const stopping = new AbortController();
process.once('SIGTERM', () => stopping.abort());
try {
  await putInSamples({ gateway, dataFolder, samples, signal: stopping.signal });
  console.log('The sample videos are in.');
} catch (error) {
  console.error(`The sample videos could not be put in: ${(error as Error).message}`);
  process.exitCode = 1;
}
