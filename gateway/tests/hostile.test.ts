import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '@flixtube/dev-env/ports';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { routingTable } from '../src/domain/routing-table.ts';
import { startGateway, type TestGateway } from './support/gateway.ts';
import { rawRequest } from './support/raw-http.ts';

describe('hostile requests', () => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await startGateway();
    await mkdir(gateway.webRoot);
    await writeFile(join(gateway.webRoot, 'index.html'), '<!doctype html>');
  });
  afterAll(() => gateway.stop());

  it.each(routingTable.filter(({ service }) => service === 'gateway').map(({ path }) => path))(
    'name the parameter, when %s does not know it',
    async (path) => {
      const answer = await fetch(`${gateway.url}${path.replace(':asset', 'start.js')}?surprise=1`);
      expect(answer.status).toBe(400);
      expect(await answer.json()).toMatchObject({ errors: [{ path: 'surprise' }] });
    },
  );

  it.each(routingTable.map(({ method, path }) => [method, path] as const))(
    'are answered with a problem, when %s %s is asked with broken parameters',
    async (method, path) => {
      const concrete = path.replace(/:\w+/, 'x');
      for (const target of [
        `${concrete}?a=%ff`,
        `${concrete}?a=1&a=2`,
        `${concrete}?=1`,
        path.replace(/:\w+|$/, '%00'),
      ]) {
        const answer = await rawRequest(
          gateway.port,
          `${method} ${target} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
        );
        expect([target, Math.floor(answer.status / 100), answer.headers['content-type']]).toEqual([
          target,
          4,
          'application/problem+json',
        ]);
      }
    },
  );

  it.each(['/metrics', '/Metrics', '/metrics/', '/%6detrics'])('learn nothing of metrics by %s', async (path) => {
    const answer = await fetch(`${gateway.url}${path}`);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([404, 'application/problem+json']);
  });

  it('count nothing that they chose', async () => {
    const port = await freePort();
    const counted = await startGateway({ METRICS_PORT: String(port) });
    await fetch(`${counted.url}/api/videos?query=hunter2`, {
      headers: { cookie: 'a=hunter2', 'user-agent': 'hunter2' },
    });
    await fetch(`${counted.url}/api/videos/hunter2`);
    const count = 'http_request_duration_seconds_count{route="/api/videos",method="GET",status="2xx"} 1\n';
    const metrics = async () => (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    let text = await metrics();
    for (const deadline = Date.now() + 5_000; !text.includes(count) && Date.now() < deadline; ) text = await metrics();
    expect(text).toContain(count);
    expect(text).toContain('neighbour_request_duration_seconds_count{neighbour="metadata",method="GET",status="2xx"}');
    expect(text).toContain('slots_limit{what="streams-video-streaming"} 2048\n');
    expect(text).toContain('dependency_up{dependency="metadata"} 1\n');
    expect(text).not.toContain('hunter2');
    await counted.stop();
  });

  it('never end in a 5xx or a silent connection, whatever they are made of', async () => {
    const method = fc.constantFrom(
      'GET',
      'HEAD',
      'POST',
      'PATCH',
      'DELETE',
      'PUT',
      'OPTIONS',
      'TRACE',
      'PROPFIND',
      'NONSENSE',
      'get',
    );
    const piece = fc.constantFrom(
      '/',
      '/api',
      '/videos',
      '/x',
      '/file',
      '/history',
      '/docs',
      '/..',
      '/%2e',
      '%2f',
      '%00',
      '%',
      '?',
      '&',
      '=',
      'é',
      '\\',
      '#',
      '//',
      'http://',
      '*',
      ' ',
      '\t',
    );
    const field = fc.constantFrom(
      'Cookie: flixtube-viewer=\x80\xff',
      'Cookie: =;;;,',
      'Range: bytes=9999999999999999999-',
      'Accept: \x00',
      'Accept-Encoding: br;q=nonsense, *;q=0',
      'Origin: ::',
      'Expect: something-else',
      'Connection: close, host, content-length',
      'X-Flixtube-Identity: x',
      'Traceparent: 00-x',
      'Transfer-Encoding: chunked',
      'Content-Length: 3',
      'Content-Type: multipart/form-data',
      `X-Long: ${'a'.repeat(17_000)}`,
      'Host: second',
      'no colon',
    );
    await fc.assert(
      fc.asyncProperty(
        method,
        fc.array(piece, { maxLength: 8 }),
        fc.array(field, { maxLength: 4 }),
        async (verb, pieces, fields) => {
          const head = [`${verb} ${pieces.join('')} HTTP/1.1`, 'Host: x', 'Connection: close', ...fields].join('\r\n');
          const answer = await rawRequest(gateway.port, Buffer.from(`${head}\r\n\r\n0\r\n\r\n`, 'latin1'));
          expect(answer.status).toBeLessThan(500);
          // Node itself answers an unknown expectation, with 417 and nothing more (RFC 9110 §10.1.1).
          if (answer.status >= 400 && answer.status !== 417)
            expect(answer.headers['content-type']).toBe('application/problem+json');
        },
      ),
      { numRuns: 300 },
    );
    expect((await fetch(`${gateway.url}/api/session`)).status).toBe(200);
  });
});
