import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { BlobServiceClient } from '@azure/storage-blob';
import { request } from 'undici';
import type { BenchContext } from './bench.ts';
import { type Comparison, compare } from './compare.ts';
import { videoStream } from './load.ts';

const mebibyte = 1024 * 1024;
const fileMebibytes = Number(process.env.TUS_BENCH_MIB ?? 1024);

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
    rounds: 2,
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

/** Creates an upload and sends it by one PATCH; gives the id of the video that it has become. */
async function tusUploadTo(url: string, sizeBytes: number): Promise<string> {
  const version = { 'tus-resumable': '1.0.0' };
  const created = await request(`${url}/api/uploads`, {
    method: 'POST',
    headers: { ...version, 'upload-length': String(sizeBytes) },
  });
  await created.body.dump();
  if (created.statusCode !== 201) throw new Error(`the upload was answered ${created.statusCode}`);
  const cookie = [created.headers['set-cookie'] ?? []].flat().map((one) => one.split(';', 1)[0]);
  const patch = httpRequest(`${url}${created.headers.location}`, {
    method: 'PATCH',
    headers: {
      ...version,
      cookie: cookie.join('; '),
      'content-type': 'application/offset+octet-stream',
      'content-length': sizeBytes,
      'upload-offset': 0,
    },
  });
  const [[answer]] = await Promise.all([once(patch, 'response'), pipeline(videoStream(sizeBytes), patch)]);
  answer.resume();
  if (answer.statusCode !== 204) throw new Error(`the PATCH was answered ${answer.statusCode}`);
  return String(answer.headers['x-video-id']);
}
