import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ManagedProcess } from '../managed-process.ts';
import { accepts } from '../ports.ts';
import { type Backend, type BackendOptions, logFile } from './backend.ts';

const require = createRequire(import.meta.url);

// Azurite's own, published account: https://learn.microsoft.com/azure/storage/common/storage-use-azurite
const account = 'devstoreaccount1';
const accountKey = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

/** Azure Blob Storage as Azurite plays it, with its data on disk. */
export async function startAzurite(o: BackendOptions): Promise<Backend> {
  const location = join(o.dataFolder, 'data');
  await mkdir(location, { recursive: true });
  const url = `http://127.0.0.1:${o.port}/${account}`;
  const blobs = new ManagedProcess({
    name: 'azurite',
    command: process.execPath,
    args: [
      ...['--require', join(import.meta.dirname, '../../azurite/durable.cjs')],
      // Not import.meta.resolve, which Jest's global setup does not have as Node does.
      require.resolve('azurite/dist/src/blob/main.js'),
      ...['--blobHost', '127.0.0.1', '--blobPort', String(o.port), '--location', location],
      ...['--skipApiVersionCheck', '--silent', '--disableTelemetry'],
    ],
    cwd: o.dataFolder,
    env: { PATH: process.env.PATH, HOME: o.dataFolder },
    isReady: () => accepts(o.port),
    onLine: logFile(join(o.dataFolder, 'azurite.log')),
    ...(o.onSpawn && { onSpawn: o.onSpawn }),
    onDeath: (what, delayMs) => o.onDeath('azurite', what, delayMs),
    onRecovery: () => o.onRecovery('azurite'),
    stopWithinMs: 10_000,
  });
  try {
    await blobs.start();
    await blobs.ready(60_000, o);
  } catch (error) {
    await blobs.stop();
    throw error;
  }
  return {
    name: 'azurite',
    product: 'Azurite',
    port: o.port,
    url,
    env: {
      AZURE_STORAGE_CONNECTION_STRING: `DefaultEndpointsProtocol=http;AccountName=${account};AccountKey=${accountKey};BlobEndpoint=${url};`,
    },
    process: blobs,
    isReady: () => blobs.isReady(),
    stop: (options) => blobs.stop(options),
  };
}
