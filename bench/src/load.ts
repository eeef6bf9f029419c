import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import autocannon from 'autocannon';
import { Agent, request } from 'undici';

const mebibyte = 1024 * 1024;

/** Fetches `url` `times` times, `parallel` at once, throws the bytes away, and gives MiB per second. */
export async function download(url: string, times: number, parallel: number): Promise<number> {
  const agent = new Agent({ connections: parallel });
  let bytes = 0;
  let left = times;
  const startedAt = performance.now();
  const worker = async () => {
    while (left-- > 0) {
      const { statusCode, body } = await request(url, { dispatcher: agent });
      if (statusCode !== 200) throw new Error(`${url} answered ${statusCode}`);
      for await (const chunk of body) bytes += chunk.length;
    }
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  const seconds = (performance.now() - startedAt) / 1000;
  await agent.close();
  return bytes / mebibyte / seconds;
}

/** Requests per second of a GET, by ten connections for some seconds; fails when one answer is not 200. */
export async function requestsPerSecond(
  url: string,
  headers: Record<string, string> = {},
  seconds = 4,
): Promise<number> {
  const result = await autocannon({ url, headers, connections: 10, duration: seconds });
  if (result.non2xx > 0 || result.errors > 0) {
    throw new Error(`${url}: ${result.non2xx} answers other than 2xx, ${result.errors} errors`);
  }
  return result.requests.average;
}

/** A stream that begins like an MP4 and then repeats a random block; nothing of it is held but that block. */
export function videoStream(sizeBytes: number): Readable {
  const block = randomBytes(mebibyte);
  const head = Buffer.concat([
    Buffer.from([0, 0, 0, 0x18]),
    Buffer.from('ftypisom'),
    Buffer.alloc(4),
    Buffer.from('isomiso2'),
  ]);
  function* chunks() {
    yield head;
    for (let left = sizeBytes - head.length; left > 0; left -= block.length)
      yield block.subarray(0, Math.min(left, block.length));
  }
  return Readable.from(chunks(), { objectMode: false });
}

/** Uploads a video through the gateway and gives its id. */
export async function uploadTo(url: string, video: Readable, title: string): Promise<string> {
  const { statusCode, body } = await request(`${url}/api/videos?title=${encodeURIComponent(title)}`, {
    method: 'POST',
    headers: { 'content-type': 'video/mp4' },
    body: video,
  });
  if (statusCode !== 201) throw new Error(`the upload was answered ${statusCode}: ${await body.text()}`);
  return ((await body.json()) as { id: string }).id;
}
