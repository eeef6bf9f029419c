import { createWriteStream } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { BenchContext } from './bench.ts';
import { type Comparison, compare } from './compare.ts';
import { download, uploadTo, videoStream } from './load.ts';
import { startNginx } from './nginx.ts';

const mebibyte = 1024 * 1024;
const fileMebibytes = 64;

/** Bytes of a video through gateway, video-streaming, video-storage and Azurite, against nginx with sendfile. */
export async function* gatewayBytes({ system, folder }: BenchContext): AsyncGenerator<Comparison> {
  const id = await uploadTo(system.url, videoStream(fileMebibytes * mebibyte), 'Bytes');
  await pipeline(videoStream(fileMebibytes * mebibyte), createWriteStream(path.join(folder, 'video.mp4')));
  const nginx = await startNginx(folder);
  try {
    for (const parallel of [1, 10]) {
      const times = Math.max(4, parallel);
      yield await compare({
        name: `bytes through the gateway, ${parallel} at once, against nginx with sendfile`,
        unit: 'MiB/s',
        ours: () => download(`${system.url}/api/videos/${id}/file`, times, parallel),
        reference: () => download(`${nginx.url}/video.mp4`, times, parallel),
      });
    }
  } finally {
    await nginx.stop();
  }
}
