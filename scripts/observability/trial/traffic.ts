import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Video } from '@flixtube/contracts/http/video';

/** Somebody with a cookie, who uses all of the site. */
export class Visitor {
  readonly #url: string;
  #cookie = '';

  constructor(url: string) {
    this.#url = url;
  }

  /** Asks for something and reads it to its end. */
  async ask(path: string, init: RequestInit & { duplex?: 'half' } = {}): Promise<{ status: number; text: string }> {
    const headers = { ...(init.headers as Record<string, string>), ...(this.#cookie && { cookie: this.#cookie }) };
    const answer = await fetch(new URL(path, this.#url), { ...init, headers });
    const [given] = answer.headers.getSetCookie();
    if (given !== undefined) this.#cookie = given.split(';')[0] ?? '';
    return { status: answer.status, text: await answer.text() };
  }

  async upload(file: Buffer, title: string): Promise<Video> {
    const answer = await this.ask(`/api/videos?title=${encodeURIComponent(title)}&description=`, {
      method: 'POST',
      headers: { 'content-type': 'video/mp4' },
      body: new Uint8Array(file),
    });
    if (answer.status !== 201) throw new Error(`The upload was answered with ${answer.status}: ${answer.text}`);
    return JSON.parse(answer.text);
  }

  /** The video, once it is no longer being processed. */
  async processed(id: string): Promise<Video> {
    for (const deadline = Date.now() + 120_000; Date.now() < deadline; await sleep(250)) {
      const answer = await this.ask(`/api/videos/${id}`);
      if (answer.status !== 200) continue;
      const video = JSON.parse(answer.text) as Video;
      if (video.status !== 'processing') return video;
    }
    throw new Error(`${id} is still being processed after two minutes`);
  }

  /** Looks around, watches some seconds of a video, and tells of it as a player does. */
  async watch(video: Video): Promise<void> {
    for (const path of ['/', '/api/session', '/api/videos', `/api/videos/${video.id}`, '/api/continue-watching'])
      await this.ask(path);
    await this.ask(`/api/videos/${video.id}/file`, { headers: { range: 'bytes=0-99999' } });
    if (video.links.hls !== null) await this.ask(new URL(video.links.hls, this.#url).pathname);
    const session = { sessionId: randomUUID(), startupSeconds: 0.4, stalls: 1, stalledSeconds: 0.2, errors: 0 };
    for (const watchedSeconds of [0, 1, 2]) {
      await this.ask(`/api/videos/${video.id}/progress`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ ...session, watchedSeconds, positionSeconds: watchedSeconds }),
      });
    }
    await this.ask('/api/history');
  }
}
