import type { Problem } from '@flixtube/contracts/http/problem';
import type { Video } from '@flixtube/contracts/http/video';
import type { VideoList } from '@flixtube/contracts/http/video-list';

/** An answer whose body was read: as JSON where it says so, else as bytes. */
export interface Answer<T> {
  status: number;
  headers: Headers;
  body: T;
}

/** One visitor of FlixTube: keeps the cookies that it is given, like a browser. */
export class Viewer {
  readonly #cookies = new Map<string, string>();
  readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  /** Sends a request and leaves the body unread. */
  async send(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    if (this.#cookies.size > 0)
      headers.set('cookie', [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; '));
    const response = await fetch(new URL(path, this.url), { redirect: 'manual', ...init, headers });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (name !== undefined && value !== undefined) this.#cookies.set(name, value);
    }
    return response;
  }

  /** Sends a request and reads the whole answer. */
  async ask<T = unknown>(path: string, init: RequestInit = {}): Promise<Answer<T>> {
    const response = await this.send(path, init);
    const isJson = init.method !== 'HEAD' && /[/+]json/.test(response.headers.get('content-type') ?? '');
    const body = isJson ? await response.json() : new Uint8Array(await response.arrayBuffer());
    return { status: response.status, headers: response.headers, body: body as T };
  }

  /** What is at a path, as text. */
  async text(path: string): Promise<string> {
    return (await this.send(path)).text();
  }

  /** Uploads a file in one request. */
  upload(bytes: Uint8Array<ArrayBuffer> | ReadableStream, title: string, description = ''): Promise<Answer<Video>> {
    const query = new URLSearchParams({ title, description });
    const init: RequestInit & { duplex: 'half' } = {
      method: 'POST',
      headers: { 'content-type': 'video/mp4' },
      body: bytes,
      duplex: 'half',
    };
    return this.ask(`/api/videos?${query}`, init);
  }

  /** Tells a player's progress. */
  progress(
    videoId: string,
    body: { sessionId: string; positionSeconds: number; watchedSeconds: number; durationSeconds?: number },
  ) {
    return this.ask(`/api/videos/${videoId}/progress`, json('POST', body));
  }

  list(query: Record<string, string> = {}): Promise<Answer<VideoList>> {
    return this.ask(`/api/videos?${new URLSearchParams(query)}`);
  }

  /** Every video of a list, page by page. */
  async listAll(query: Record<string, string> = {}): Promise<Video[]> {
    const videos: Video[] = [];
    let cursor: string | null = null;
    do {
      const { body } = await this.list({ ...query, ...(cursor === null ? {} : { cursor }) });
      videos.push(...body.items);
      cursor = body.nextCursor;
    } while (cursor !== null);
    return videos;
  }
}

/** A request with a JSON body. */
export function json(method: string, body: unknown, headers: Record<string, string> = {}): RequestInit {
  return { method, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
}

/** The status, and what a refusal said, in one line: for the message of a failed expectation. */
export function inShort(answer: Answer<unknown>): string {
  if (answer.status < 400) return String(answer.status);
  const { title = '', errors = [] } = answer.body as Partial<Problem>;
  return `${answer.status} ${title} ${errors.map((error) => error.path).join()}`.trim();
}
