import { BlobServiceClient } from '@azure/storage-blob';
import type { BenchContext } from './bench.ts';
import { type Comparison, compare } from './compare.ts';
import { videoStream } from './load.ts';
import { tusUploadTo } from './tus-client.ts';

const mebibyte = 1024 * 1024;
const fileMebibytes = Number(process.env.TUS_BENCH_MIB ?? 2048);

/** An upload by tus 1.0.0 through the gateway, one PATCH, against the Azure SDK's own uploadStream to the same store. */
export async function* tusUpload({ system }: BenchContext): AsyncGenerator<Comparison> {
  const service = BlobServiceClient.fromConnectionString(system.env.AZURE_STORAGE_CONNECTION_STRING ?? '');
  const container = service.getContainerClient('bench-tus');
  await container.createIfNotExists();
  const speedOf = async (work: () => Promise<unknown>) => {
    const startedAt = performance.now();
    await work();
    return fileMebibytes / ((performance.now() - startedAt) / 1000);
  };
  let n = 0;
  yield await compare({
    name: `tus upload of ${fileMebibytes} MiB, against the Azure SDK's uploadStream`,
    unit: 'MiB/s',
    rounds: 1,
    ours: () => speedOf(() => tusUploadTo(system.url, fileMebibytes * mebibyte)),
    async reference() {
      n += 1;
      const blob = container.getBlockBlobClient(`blob-${n}`);
      // The SDK's own defaults: blocks of 8 MiB, five at once.
      const speed = await speedOf(() => blob.uploadStream(videoStream(fileMebibytes * mebibyte)));
      await blob.delete();
      return speed;
    },
  });
}
