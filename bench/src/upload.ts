import { BlobServiceClient } from '@azure/storage-blob';
import type { BenchContext } from './bench.ts';
import { type Comparison, compare } from './compare.ts';
import { uploadTo, videoStream } from './load.ts';

const mebibyte = 1024 * 1024;
const fileMebibytes = 256;

/** An upload through the gateway, against the Azure SDK's own uploadStream to the same store. */
export async function* upload({ system }: BenchContext): AsyncGenerator<Comparison> {
  const container = BlobServiceClient.fromConnectionString(
    system.env.AZURE_STORAGE_CONNECTION_STRING ?? '',
  ).getContainerClient('bench');
  await container.createIfNotExists();
  const speedOf = async (work: () => Promise<unknown>) => {
    const startedAt = performance.now();
    await work();
    return fileMebibytes / ((performance.now() - startedAt) / 1000);
  };
  let n = 0;
  yield await compare({
    name: `upload of ${fileMebibytes} MiB, against the Azure SDK's uploadStream`,
    unit: 'MiB/s',
    ours: () => speedOf(() => uploadTo(system.url, videoStream(fileMebibytes * mebibyte), `Upload ${n}`)),
    reference: () => {
      n += 1;
      const blob = container.getBlockBlobClient(`blob-${n}`);
      // The SDK's own defaults: blocks of 8 MiB, five at once.
      return speedOf(() => blob.uploadStream(videoStream(fileMebibytes * mebibyte)));
    },
  });
}
