import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { request } from 'undici';
import { cookieOf } from './cookie.ts';
import { videoStream } from './load.ts';

/** Creates an upload and sends it by one PATCH; gives the id of the video that it has become. */
export async function tusUploadTo(url: string, sizeBytes: number): Promise<string> {
  const version = { 'tus-resumable': '1.0.0' };
  const created = await request(`${url}/api/uploads`, {
    method: 'POST',
    headers: { ...version, 'upload-length': String(sizeBytes) },
  });
  await created.body.dump();
  if (created.statusCode !== 201) throw new Error(`the upload was answered ${created.statusCode}`);
  const patch = httpRequest(`${url}${created.headers.location}`, {
    method: 'PATCH',
    headers: {
      ...version,
      cookie: cookieOf(created.headers),
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
