import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { request } from 'undici';
import { cookieOf } from '../cookie.ts';

const version = { 'tus-resumable': '1.0.0' };
const retryMs = 1_000;
const mostTries = 180;
/** How long a PATCH may go on beyond the time that sending takes; without an answer by then the try has failed. */
const patienceSeconds = 60;
const sliceBytes = 16 * 1024;

/** How an upload went. */
export interface Uploaded {
  videoId: string;
  /** How often it had to go on after a connection that broke, or a refusal for the moment. */
  resumed: number;
  /** Whether what can be downloaded is what was uploaded. */
  isWhole: boolean;
}

/**
 * Uploads a file slowly by tus, in so many seconds, going on where it broke off as tus-js-client does, and then looks
 * whether it is there. Rejects, with what was in the way last, when one step of it has failed `mostTries` times.
 */
export async function uploadSlowly(url: string, file: Buffer, seconds: number): Promise<Uploaded> {
  let resumed = 0;
  const again = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    let last: unknown;
    for (let tries = 0; tries < mostTries; tries += 1) {
      try {
        return await work();
      } catch (error) {
        last = error;
      }
      resumed += 1;
      await pause(retryMs);
    }
    const { code, message } = last as { code?: string; message: string };
    throw new Error(`${what} failed ${mostTries} times, at last with: ${message || code}`, { cause: last });
  };
  const { address, cookie } = await again('creating an upload', () => create(url, file.length));
  const videoId = await again('sending an upload', async () => {
    const { offset, videoId: known } = await progress(address, cookie);
    if (known !== undefined) return known;
    return send(address, cookie, file, offset, seconds);
  });
  const bytes = await again('downloading what was uploaded', async () => {
    const { statusCode, body } = await request(`${url}/api/videos/${videoId}/file`, { headers: { cookie } });
    const content = Buffer.from(await body.arrayBuffer());
    if (statusCode !== 200) throw new Error(`GET was answered ${statusCode}`);
    return content;
  });
  return { videoId, resumed, isWhole: sha256(bytes) === sha256(file) };
}

async function create(url: string, length: number) {
  const headers = { ...version, 'upload-length': String(length), 'upload-metadata': `filename ${btoa('rollout.mp4')}` };
  const answer = await request(`${url}/api/uploads`, { method: 'POST', headers });
  await answer.body.dump();
  if (answer.statusCode !== 201) throw new Error(`POST was answered ${answer.statusCode}`);
  return { address: `${url}${answer.headers.location}`, cookie: cookieOf(answer.headers) };
}

async function progress(address: string, cookie: string) {
  const { statusCode, headers, body } = await request(address, { method: 'HEAD', headers: { ...version, cookie } });
  await body.dump();
  if (statusCode !== 200) throw new Error(`HEAD was answered ${statusCode}`);
  return { offset: Number(headers['upload-offset']), videoId: headers['x-video-id'] as string | undefined };
}

/** Sends what is missing; the id of the video that the upload has become. */
async function send(address: string, cookie: string, file: Buffer, offset: number, seconds: number): Promise<string> {
  const patch = httpRequest(address, {
    method: 'PATCH',
    signal: AbortSignal.timeout((seconds + patienceSeconds) * 1_000),
    headers: {
      ...version,
      cookie,
      'content-type': 'application/offset+octet-stream',
      'content-length': file.length - offset,
      'upload-offset': offset,
    },
  });
  const sending = pipeline(Readable.from(slowly(file.subarray(offset), (seconds * 1_000) / file.length)), patch);
  const [answer] = (await Promise.all([once(patch, 'response'), sending]))[0] as [IncomingMessage];
  answer.resume();
  const videoId = answer.headers['x-video-id'];
  if (answer.statusCode !== 204 || typeof videoId !== 'string')
    throw new Error(`PATCH was answered ${answer.statusCode}, and has made no video`);
  return videoId;
}

async function* slowly(bytes: Buffer, msOfByte: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += sliceBytes) {
    yield bytes.subarray(at, at + sliceBytes);
    await pause(sliceBytes * msOfByte);
  }
}

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
