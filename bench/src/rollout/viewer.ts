import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from './client.ts';

/** As hls.js does: so many seconds are fetched ahead. */
const aheadSeconds = 12;
const reportEverySeconds = 10;

/** What somebody who watches has seen of it, in seconds. */
export interface Watched {
  seconds: number;
  longestStallSeconds: number;
}

/**
 * Watches a video by HLS over and over, as fast as it is played, and tells how far it is, until `signal`. A stall is the
 * time that playback stands still because the next segment has not come.
 */
export async function watch(client: Client, videoId: string, signal: AbortSignal): Promise<Watched> {
  const watched: Watched = { seconds: 0, longestStallSeconds: 0 };
  const sessionId = crypto.randomUUID();
  const base = `/api/videos/${videoId}/hls/`;
  const main = await playlistAt(`${base}main.m3u8`);
  const playlist = addresses(main)[0];
  if (playlist === undefined) return watched;
  const text = await playlistAt(base + playlist);
  const durations = [...text.matchAll(/^#EXTINF:([\d.]+)/gm)].map(([, seconds]) => Number(seconds));
  const segments = addresses(text).map((address, index) => ({ address, seconds: durations[index] ?? 0 }));
  const folder = base + playlist.slice(0, playlist.lastIndexOf('/') + 1);
  /** When what has come will have been played, by the clock. */
  let until: number | undefined;
  let reported = 0;
  for (let index = 0; !signal.aborted && segments.length > 0; index = (index + 1) % segments.length) {
    const { address, seconds } = segments[index] as (typeof segments)[number];
    await client.getSame(folder + address);
    const now = performance.now() / 1_000;
    if (until !== undefined && now > until) {
      watched.longestStallSeconds = Math.max(watched.longestStallSeconds, now - until);
    }
    until = Math.max(until ?? now, now) + seconds;
    watched.seconds += seconds;
    if (watched.seconds - reported >= reportEverySeconds) {
      reported = watched.seconds;
      const positionSeconds = segments.slice(0, index + 1).reduce((sum, one) => sum + one.seconds, 0);
      await client.post(`/api/videos/${videoId}/progress`, { sessionId, positionSeconds, watchedSeconds: reported });
    }
    const ahead = until - performance.now() / 1_000;
    if (ahead > aheadSeconds) await pause((ahead - aheadSeconds) * 1_000, undefined, { signal }).catch(() => {});
  }
  return watched;

  /** Asked for again until it comes, as hls.js does; each time that it does not is a failure that is counted. */
  async function playlistAt(path: string): Promise<string> {
    while (!signal.aborted) {
      const bytes = await client.get(path);
      if (bytes !== undefined) return bytes.toString();
      await pause(1_000, undefined, { signal }).catch(() => {});
    }
    return '';
  }
}

/** The lines of a playlist that are addresses. */
function addresses(playlist: string): string[] {
  return playlist.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}
