import { createHash } from 'node:crypto';
import { type ClientRequest, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import type { Problem } from '@flixtube/contracts/http/problem';

export interface TusAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  /** Of an error. */
  problem: Problem | undefined;
}

interface Sending {
  headers?: Record<string, string | number | string[]>;
  body?: Buffer;
  /** Sent in chunks, without a length. */
  chunked?: boolean;
}

/** A client of tus 1.0.0 that says just what it is told to. */
export class TusClient {
  readonly url: string;
  readonly #identity: Record<string, string>;

  /** @param identity headers that say which viewer it is */
  constructor(url: string, identity: Record<string, string>) {
    this.url = url;
    this.#identity = identity;
  }

  /** The same viewer, at another replica. */
  at(url: string): TusClient {
    return new TusClient(url, this.#identity);
  }

  /** Sends a request as it is told; `null` as a header leaves it out. */
  ask(method: string, path: string, { headers = {}, body, chunked }: Sending = {}): Promise<TusAnswer> {
    const length = body === undefined || chunked ? {} : { 'content-length': body.length };
    const req = this.begin(method, path, { ...length, ...headers });
    req.end(body);
    return answerTo(req);
  }

  /** Begins a request whose body the test writes. */
  begin(
    method: string,
    path: string,
    headers: Record<string, string | number | string[]> = {},
    options: { maxHeaderSize?: number } = {},
  ): ClientRequest {
    const said = { 'tus-resumable': '1.0.0', ...this.#identity, ...headers };
    return httpRequest(this.url + path, { ...options, method, agent: false, headers: said }).on(
      'error',
      () => undefined,
    );
  }

  create(lengthBytes: number, headers: Sending['headers'] = {}, body?: Buffer): Promise<TusAnswer> {
    const type = body === undefined ? {} : { 'content-type': 'application/offset+octet-stream' };
    return this.ask('POST', '/api/uploads', {
      headers: { 'upload-length': lengthBytes, ...type, ...headers },
      ...(body === undefined ? {} : { body }),
    });
  }

  /** The address of a new upload. */
  async created(lengthBytes: number, headers: Sending['headers'] = {}): Promise<string> {
    const { status, headers: answered, problem } = await this.create(lengthBytes, headers);
    if (status !== 201) throw new Error(`No upload: ${JSON.stringify(problem)}`);
    return answered.location as string;
  }

  patch(path: string, offset: number, body: Buffer, headers: Sending['headers'] = {}): Promise<TusAnswer> {
    return this.ask('PATCH', path, { headers: { ...patching(offset), ...headers }, body });
  }

  /** Sends some bytes of a longer PATCH and breaks the connection when the upload's server has them. */
  async cut(path: string, offset: number, bytes: Buffer, declared: number): Promise<void> {
    const req = this.begin('PATCH', path, { ...patching(offset), 'content-length': declared });
    await new Promise((resolve) => req.write(bytes, resolve));
    await new Promise((resolve) => setTimeout(resolve, 150));
    const closed = new Promise((resolve) => req.once('close', resolve));
    req.destroy();
    if (!req.closed) await closed;
  }

  head(path: string): Promise<TusAnswer> {
    return this.ask('HEAD', path);
  }

  async offset(path: string): Promise<number> {
    return Number((await this.head(path)).headers['upload-offset']);
  }
}

export const patching = (offset: number) => ({
  'content-type': 'application/offset+octet-stream',
  'upload-offset': offset,
});

/** A value of Upload-Metadata. */
export function metadata(pairs: Record<string, string>): string {
  return Object.entries(pairs)
    .map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`)
    .join(',');
}

export function checksum(algorithm: 'sha1' | 'sha256' | 'md5', bytes: Buffer): string {
  return `${algorithm} ${createHash(algorithm).update(bytes).digest('base64')}`;
}

export function answerTo(req: ClientRequest): Promise<TusAnswer> {
  return new Promise((resolve, reject) => {
    req.on('error', reject).on('response', (res) => {
      const chunks: Buffer[] = [];
      res.on('data', (chunk) => chunks.push(chunk)).on('error', reject);
      res.on('end', () => {
        req.destroy();
        const text = Buffer.concat(chunks).toString();
        resolve({
          status: res.statusCode ?? 0,
          headers: res.headers,
          problem: text === '' ? undefined : JSON.parse(text),
        });
      });
    });
  });
}
