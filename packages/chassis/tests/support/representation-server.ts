import { once } from 'node:events';
import { type IncomingHttpHeaders, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { Router } from 'express';
import { createApp, route } from '../../src/http.ts';
import { createLogger } from '../../src/logger.ts';
import { type ByteRange, type Representation, type SendOptions, sendRepresentation } from '../../src/representation.ts';

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

export interface RepresentationServer {
  port: number;
  /** What has been read of the representation so far, in order. */
  reads: ByteRange[];
  /** Swaps what is served. */
  serve(representation: Representation): void;
  ask(headers?: Record<string, string | string[]>, method?: string): Promise<Answer>;
  close(): Promise<void>;
}

/** A representation of these bytes, each being told by its position. */
export function representationOf(content: Buffer, more: Partial<Representation> = {}): Representation {
  return {
    sizeBytes: content.length,
    contentType: 'video/mp4',
    etag: '"tag"',
    lastModified: new Date('2024-05-06T07:08:09.750Z'),
    cacheControl: 'private, max-age=60',
    read: async ({ start, end }) => Readable.from([content.subarray(start, end + 1)], { objectMode: false }),
    ...more,
  };
}

export function patterned(sizeBytes: number): Buffer {
  return Buffer.from(Uint8Array.from({ length: sizeBytes }, (_, i) => (i * 31 + (i >> 8)) % 256));
}

/** The real app of a service with one route that sends a representation. */
export async function representationServer(
  initial: Representation,
  options?: SendOptions,
): Promise<RepresentationServer> {
  let current = initial;
  const reads: ByteRange[] = [];
  const router = Router();
  route(router, '/thing', {
    GET: (req, res) => {
      const { read } = current;
      const recorded = (range: ByteRange, signal: AbortSignal) => {
        reads.push(range);
        return read(range, signal);
      };
      return sendRepresentation(req, res, { ...current, read: recorded }, options);
    },
  });
  const app = createApp({ logger: createLogger({ service: 'test', level: 'silent' }), routers: [router] });
  const server: Server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    reads,
    serve: (representation) => {
      current = representation;
    },
    ask: (headers = {}, method = 'GET') => ask(port, headers, method),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function ask(port: number, headers: Record<string, string | string[]>, method: string): Promise<Answer> {
  const sent = request({ port, host: '127.0.0.1', path: '/thing', method, headers, agent: false }).end();
  const [response] = await once(sent, 'response');
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return { status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) };
}

export interface ReceivedPart {
  headers: Record<string, string>;
  start: number;
  end: number;
  sizeBytes: number;
  body: Buffer;
}

/** First and last position and complete length, of a Content-Range field (RFC 9110 §14.4). */
export function contentRangeOf(headers: IncomingHttpHeaders): [number, number, number] {
  const field = headers['content-range'] ?? '';
  const [, start, end, sizeBytes] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(field) ?? [];
  if (sizeBytes === undefined) throw new Error(`Not a Content-Range: ${field}`);
  return [Number(start), Number(end), Number(sizeBytes)];
}

/** Reads multipart/byteranges by RFC 2046 §5.1.1, and fails on anything that is not to the letter. */
export function partsOf({ headers, body }: Answer): ReceivedPart[] {
  const boundary = /^multipart\/byteranges; boundary=([0-9a-zA-Z'()+_,\-./:=?]{1,70})$/.exec(
    String(headers['content-type']),
  )?.[1];
  if (boundary === undefined) throw new Error(`Not multipart: ${headers['content-type']}`);
  const parts: ReceivedPart[] = [];
  let at = 0;
  const take = (text: string) => {
    const found = body.toString('latin1', at, at + text.length);
    if (found !== text) throw new Error(`Expected ${JSON.stringify(text)} at ${at}, found ${JSON.stringify(found)}`);
    at += text.length;
  };
  take(`--${boundary}`);
  while (body.toString('latin1', at, at + 2) === '\r\n') {
    at += 2;
    const headEnd = body.indexOf('\r\n\r\n', at);
    const lines = body.toString('latin1', at, headEnd).split('\r\n');
    const fields = Object.fromEntries(lines.map((line) => line.toLowerCase().split(/: (.*)/)));
    const [start, end, sizeBytes] = contentRangeOf(fields);
    at = headEnd + 4;
    parts.push({ headers: fields, start, end, sizeBytes, body: body.subarray(at, at + end - start + 1) });
    at += end - start + 1;
    take(`\r\n--${boundary}`);
  }
  take('--\r\n');
  if (at !== body.length) throw new Error(`${body.length - at} bytes after the end`);
  return parts;
}
