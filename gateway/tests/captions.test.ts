import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { answerJson } from './support/fake-neighbour.ts';
import { startGateway, type TestGateway } from './support/gateway.ts';

const captions = '/api/videos/0199b1f2-8c3a-7d44-9a51-3f0f6c6a1b2e/captions/pt-BR.vtt';
const mostBytes = 2 ** 20;
let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.stop());
beforeEach(() => {
  gateway.streaming.requests.length = 0;
  gateway.streaming.answer = answerJson({});
});

/** The body in pieces, without saying how long it is. */
function unmeasured(bytes: number): ReadableStream<Uint8Array> {
  const piece = new Uint8Array(2 ** 16);
  return ReadableStream.from(
    (function* () {
      for (let sent = 0; sent < bytes; sent += piece.length)
        yield piece.subarray(0, Math.min(piece.length, bytes - sent));
    })(),
  );
}

const put = (body: string | Uint8Array | ReadableStream<Uint8Array>, headers: Record<string, string> = {}) =>
  fetch(gateway.url + captions, {
    method: 'PUT',
    body,
    headers: { 'content-type': 'text/vtt', ...headers },
    duplex: 'half',
  } as RequestInit);

describe('PUT of captions', () => {
  it('passes to video-streaming as it is, up to a mebibyte, which is more than JSON may have', async () => {
    const whole = 'é'.repeat(mostBytes / 2);
    const { promise, resolve } = Promise.withResolvers<string>();
    gateway.streaming.answer = async (req, res) => {
      resolve(await text(req));
      res.writeHead(201, { 'content-type': 'application/json', location: captions }).end('{"language":"pt-BR"}');
    };
    const answer = await put(whole);
    expect([answer.status, answer.headers.get('location')]).toEqual([201, captions]);
    expect(await answer.json()).toEqual({ language: 'pt-BR' });
    expect(await promise).toBe(whole);
    expect(gateway.streaming.requests[0]).toMatchObject({ method: 'PUT', url: captions });
    expect(gateway.streaming.requests[0]?.headers).toMatchObject({ 'content-type': 'text/vtt' });
  });

  it('of more is refused with 413: before anything passes where its length is known, else as soon as it is', async () => {
    const known = await put(new Uint8Array(mostBytes + 1));
    expect([known.status, known.headers.get('content-type')]).toEqual([413, 'application/problem+json']);
    expect(gateway.streaming.requests).toEqual([]);
    gateway.streaming.answer = (req) => void req.resume();
    const unknown = await put(unmeasured(mostBytes + 1));
    expect(unknown.status).toBe(413);
    expect(await unknown.json()).toMatchObject({
      errors: [{ path: 'body', message: `must not be larger than ${mostBytes} bytes` }],
    });
  });

  it.each(['PUT', 'DELETE'])('%s by another site’s page is refused with 403, and nothing passes', async (method) => {
    for (const headers of [{ 'sec-fetch-site': 'cross-site' }, { origin: 'https://elsewhere.example' }]) {
      const answer = await fetch(gateway.url + captions, { method, headers });
      expect([answer.status, answer.headers.get('content-type')]).toEqual([403, 'application/problem+json']);
    }
    expect(gateway.streaming.requests).toEqual([]);
  });
});
