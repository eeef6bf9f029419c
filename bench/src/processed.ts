import { createReadStream } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { Video } from '@flixtube/contracts/http/video';
import { request } from 'undici';
import { uploadTo } from './load.ts';

/** Uploads a file and waits for the end of its processing. Seconds from the end of the upload until HLS could be played, and until all was done. */
export async function processed(
  url: string,
  file: string,
): Promise<{ videoId: string; playable: number; whole: number }> {
  const videoId = await uploadTo(url, createReadStream(file), 'Bench');
  const startedAt = performance.now();
  let playable: number | undefined;
  for (;;) {
    const { body } = await request(`${url}/api/videos/${videoId}`);
    const video = (await body.json()) as Video;
    const passed = (performance.now() - startedAt) / 1000;
    if (video.links.hls !== null) playable ??= passed;
    if (video.status === 'ready') return { videoId, playable: playable ?? passed, whole: passed };
    if (video.status === 'failed') throw new Error(`Processing failed: ${video.failure?.detail}`);
    await pause(500);
  }
}
