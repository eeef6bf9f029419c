import { once } from 'node:events';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { answerProblem } from './support/fake-neighbour.ts';
import { startGateway, type TestGateway } from './support/gateway.ts';
import { rawConnection, rawRequest, readAnswer } from './support/raw-http.ts';

const upload = '/api/uploads/0199b1f2-8c3a-7d44-9a51-3f0f6c6a1b2e';

describe('uploads by tus', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startGateway({ UPLOAD_MAX_BYTES: '1MiB' });
  });
  afterAll(() => gateway.stop());
  beforeEach(() => {
    gateway.upload.requests.length = 0;
    gateway.upload.answer = (req, res) => {
      req.resume().on('end', () => res.writeHead(204, { 'tus-resumable': '1.0.0' }).end());
    };
  });

  const got = () => {
    const request = gateway.upload.requests.at(-1);
    if (request === undefined) throw new Error('no request has come through');
    return request;
  };
  const raw = (lines: string[], body = '') =>
    rawRequest(gateway.port, `${[...lines, 'Host: x', 'Connection: close'].join('\r\n')}\r\n\r\n${body}`);

  it('fields of the protocol: pass both ways as they are', async () => {
    const said = {
      'Tus-Resumable': '1.0.0',
      'Upload-Offset': '7',
      'Upload-Length': '10',
      'Upload-Checksum': 'sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=',
      'Upload-Metadata': 'title d2Fsaw==,filename ',
      'X-HTTP-Method-Override': 'PATCH',
      'Content-Type': 'application/offset+octet-stream',
    };
    const answered = {
      'tus-resumable': '1.0.0',
      'upload-offset': '10',
      'upload-expires': 'Wed, 25 Jun 2036 16:00:00 GMT',
      'x-video-id': 'an-id',
      location: upload,
    };
    gateway.upload.answer = (req, res) => {
      req.resume().on('end', () => res.writeHead(201, answered).end());
    };
    const lines = Object.entries(said).map(([name, value]) => `${name}: ${value}`);
    const answer = await raw([`POST ${upload} HTTP/1.1`, ...lines, 'Content-Length: 3'], 'abc');
    expect(answer).toMatchObject({ status: 201, headers: answered });
    const expected = Object.entries(said).map(([name, value]) => [name.toLowerCase(), value.trim()]);
    expect(got().headers).toMatchObject(Object.fromEntries(expected));
    expect(got()).toMatchObject({ method: 'POST', url: upload });
  });

  it('metadata of 20,000 bytes, as much as a description may need: pass both ways', async () => {
    const metadata = `description ${'A'.repeat(20_000)}`;
    gateway.upload.answer = (_req, res) => void res.writeHead(200, { 'upload-metadata': metadata }).end();
    const answer = await raw([`HEAD ${upload} HTTP/1.1`, `Upload-Metadata: ${metadata}`]);
    expect([answer.status, answer.headers['upload-metadata'] === metadata]).toEqual([200, true]);
    expect(got().headers['upload-metadata'] === metadata).toBe(true);
  });

  it('OPTIONS and HEAD: are the service’s to answer', async () => {
    gateway.upload.answer = (_req, res) =>
      void res.writeHead(204, { 'tus-version': '1.0.0', 'upload-offset': '5' }).end();
    for (const [method, path] of [
      ['OPTIONS', '/api/uploads'],
      ['OPTIONS', upload],
      ['HEAD', upload],
    ]) {
      const answer = await fetch(gateway.url + path, { method: method as string });
      expect([answer.status, answer.headers.get('upload-offset')]).toEqual([204, '5']);
      expect(answer.headers.get('access-control-allow-origin')).toBeNull();
      expect(got()).toMatchObject({ method, url: path });
    }
  });

  it('bytes of a PATCH: pass on while they come, and what has come when the viewer is gone', async () => {
    const arrived = Promise.withResolvers<string>();
    const cut = Promise.withResolvers<void>();
    gateway.upload.answer = (req) => {
      req.once('data', (chunk) => arrived.resolve(chunk.toString())).once('aborted', cut.resolve);
    };
    const socket = await rawConnection(gateway.port);
    socket.write(`PATCH ${upload} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nfirst`);
    expect(await arrived.promise).toBe('first');
    socket.destroy();
    await cut.promise;
  });

  it('more than the limit: 413 before it is passed on, with the version as in every answer', async () => {
    const answer = await raw([`PATCH ${upload} HTTP/1.1`, `Content-Length: ${2 ** 20 + 1}`]);
    expect(answer).toMatchObject({ status: 413, headers: { 'tus-resumable': '1.0.0' } });
    expect(gateway.upload.requests).toEqual([]);
  });

  it('an early refusal: reaches a viewer who is still sending', async () => {
    gateway.upload.answer = (req, res) => answerProblem(409, { 'tus-resumable': '1.0.0' })(req, res);
    const socket = await rawConnection(gateway.port);
    socket.write(`PATCH ${upload} HTTP/1.1\r\nHost: x\r\nContent-Length: 500000\r\n\r\n`);
    socket.write(Buffer.alloc(200_000));
    expect((await readAnswer(socket)).status).toBe(409);
    socket.destroy();
    if (!socket.closed) await once(socket, 'close');
  });

  it.each([
    ['PATCH', {}],
    ['POST', {}],
    ['DELETE', {}],
    ['HEAD', { 'x-http-method-override': 'DELETE' }],
  ])('%s by another site’s page, with %j: 403, and nothing passes', async (method, headers) => {
    const answer = await fetch(gateway.url + upload, {
      method,
      headers: { 'sec-fetch-site': 'cross-site', ...headers },
    });
    expect(answer.status).toBe(403);
    expect(answer.headers.get('tus-resumable')).toBe('1.0.0');
    expect(gateway.upload.requests).toEqual([]);
  });

  it('GET of an upload, and PUT: 405 with what there is', async () => {
    for (const method of ['GET', 'PUT']) {
      const answer = await fetch(gateway.url + upload, { method });
      expect(answer.status).toBe(405);
      expect(answer.headers.get('allow')?.split(', ').sort()).toEqual(['DELETE', 'HEAD', 'OPTIONS', 'PATCH', 'POST']);
    }
  });
});
