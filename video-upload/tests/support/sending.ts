import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import type { Problem } from '@flixtube/contracts/http/problem';
import type { Video } from '@flixtube/contracts/http/video';

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  /** Parsed JSON: a Video for 201, a Problem else. */
  body: Omit<Video, 'status'> & Omit<Problem, 'status'> & { status: unknown };
}

export interface Sending {
  headers: Record<string, string>;
  query?: string;
  body?: Buffer | Iterable<Buffer> | AsyncIterable<Buffer>;
  /** Said in Content-Length; by default what a Buffer has, and nothing (chunked) else. */
  length?: number;
  method?: string;
}

/** Sends an upload as a client does that reads while it writes. Rejects when the connection breaks without an answer. */
export function send(url: string, sending: Sending): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { body = Buffer.alloc(0), query = 'title=A%20walk', method = 'POST' } = sending;
    const length = sending.length ?? (Buffer.isBuffer(body) ? body.length : undefined);
    const req = httpRequest(`${url}/api/videos?${query}`, {
      method,
      agent: false,
      headers: {
        'content-type': 'video/mp4',
        ...(length === undefined ? {} : { 'content-length': length }),
        ...sending.headers,
      },
    });
    req.on('error', reject);
    req.on('response', (res) => {
      const chunks: Buffer[] = [];
      res.on('data', (chunk) => chunks.push(chunk));
      res.on('error', reject);
      res.on('end', () => {
        req.destroy();
        const text = Buffer.concat(chunks).toString();
        resolve({
          status: res.statusCode ?? 0,
          headers: res.headers,
          body: text === '' ? undefined : JSON.parse(text),
        });
      });
    });
    void write(req, Buffer.isBuffer(body) ? [body] : body).catch(() => undefined);
  });
}

async function write(
  req: ReturnType<typeof httpRequest>,
  body: Iterable<Buffer> | AsyncIterable<Buffer>,
): Promise<void> {
  const closed = new Promise((resolve) => req.once('close', resolve));
  for await (const chunk of body) {
    if (req.destroyed) return;
    if (!req.write(chunk)) await Promise.race([once(req, 'drain'), closed]);
  }
  req.end();
}

export function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Bytes that pass for a video, all different from one seed to the next. */
export function videoBytes(length: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; at += 1) bytes[at] = (at * 31 + seed * 7 + (at >> 8)) & 0xff;
  return bytes;
}
