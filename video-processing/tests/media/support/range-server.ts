import { createReadStream, statSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Source } from '../../../src/domain/media.ts';

export interface Served extends Source {
  /** Paths that were asked for. */
  asked: string[];
  close(): void;
}

/** Serves one file by ranges, as the worker's own server does; `stallAt`: sends nothing from that byte on. */
export async function serveFile(path: string, { stallAt = Number.POSITIVE_INFINITY } = {}): Promise<Served> {
  const sizeBytes = statSync(path).size;
  const asked: string[] = [];
  const server = createServer((req, res) => {
    asked.push(req.url ?? '');
    if (req.url !== '/file') return void res.writeHead(404).end();
    const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(req.headers.range ?? '') ?? [];
    const start = Number(from ?? 0);
    const end = to ? Math.min(Number(to), sizeBytes - 1) : sizeBytes - 1;
    if (start >= sizeBytes) return void res.writeHead(416, { 'content-range': `bytes */${sizeBytes}` }).end();
    const range = { 'content-range': `bytes ${start}-${end}/${sizeBytes}` };
    const common = { 'accept-ranges': 'bytes', 'content-length': end - start + 1 };
    res.writeHead(from ? 206 : 200, from ? { ...common, ...range } : common);
    send(res, path, start, end, stallAt);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/file`,
    sizeBytes,
    asked,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function send(res: ServerResponse, path: string, start: number, end: number, stallAt: number): void {
  if (start >= stallAt) return void res.flushHeaders();
  const stalls = stallAt <= end;
  const bytes = createReadStream(path, { start, end: stalls ? stallAt - 1 : end });
  bytes.pipe(res, { end: !stalls });
  res.on('close', () => bytes.destroy());
}
