import { randomBytes } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startGateway, type TestGateway } from './support/gateway.ts';
import { rawRequest } from './support/raw-http.ts';

const index = '<!doctype html><title>FlixTube</title><div id="root"></div>';
const script = `export const words = ${JSON.stringify(Array.from({ length: 500 }, (_, n) => `word ${n}`))};`;
const picture = randomBytes(5000);

describe('the web app', () => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await startGateway();
    await mkdir(join(gateway.webRoot, 'assets'), { recursive: true });
    await writeFile(join(gateway.webRoot, 'index.html'), index);
    await writeFile(join(gateway.webRoot, 'assets/app-1a2b3c.js'), script);
    await writeFile(join(gateway.webRoot, 'assets/picture-4d5e6f.png'), picture);
    await writeFile(join(gateway.webRoot, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
    await writeFile(join(gateway.webRoot, '.env'), 'SECRET=1');
    await writeFile(join(gateway.webRoot, '..', 'outside.txt'), 'outside');
  });
  afterAll(() => gateway.stop());

  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(gateway.url + path, { headers: { accept: 'text/html', ...headers } });

  it.each(['/', '/watch/0199b1f2-8c3a-7d44-9a51-3f0f6c6a1b2e', '/upload', '/search?query=a.b', '/index.html'])(
    'answers %s with its page, which is asked for anew each time',
    async (path) => {
      const answer = await get(path);
      expect([answer.status, await answer.text()]).toEqual([200, index]);
      expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(answer.headers.get('cache-control')).toMatch(/no-cache$/);
      const same = await get(path, { 'if-none-match': String(answer.headers.get('etag')) });
      expect([same.status, await same.text()]).toEqual([304, '']);
    },
  );

  it('lets its page load and run nothing but its own', async () => {
    const { headers } = await get('/');
    const policy = String(headers.get('content-security-policy')).split(';');
    expect(policy).toEqual(
      expect.arrayContaining([
        "default-src 'self'",
        "script-src 'self'",
        "object-src 'none'",
        "base-uri 'self'",
        "frame-ancestors 'none'",
      ]),
    );
    expect(policy.find((directive) => directive.startsWith('script-src'))).not.toContain('unsafe');
    expect(headers.get('permissions-policy')).toContain('camera=()');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-powered-by')).toBeNull();
  });

  it('lets files with a hash in their name be kept for a year, and makes nobody a viewer by them', async () => {
    const answer = await get('/assets/app-1a2b3c.js');
    expect(await answer.text()).toBe(script);
    expect(answer.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(answer.headers.getSetCookie()).toEqual([]);
    expect((await get('/favicon.svg')).headers.get('cache-control')).toBe('public, no-cache');
  });

  it.each([
    ['br', (body: Buffer) => brotliDecompressSync(body).toString()],
    ['gzip', (body: Buffer) => gunzipSync(body).toString()],
    ['identity', (body: Buffer) => body.toString()],
  ])('sends text as %s to whoever asks for that', async (encoding, decode) => {
    const target = `GET /assets/app-1a2b3c.js HTTP/1.1\r\nHost: x\r\nAccept-Encoding: ${encoding}\r\nConnection: close\r\n\r\n`;
    const { headers, body } = await rawRequest(gateway.port, target);
    expect(headers['content-encoding'] ?? 'identity').toBe(encoding);
    expect(headers.vary).toBe('Accept-Encoding');
    expect(headers.etag).toMatch(encoding === 'identity' ? /^"[\w-]{43}"$/ : new RegExp(`^"[\\w-]{43}-${encoding}"$`));
    expect(decode(Buffer.from(body, 'latin1'))).toBe(script);
  });

  it('sends pictures as they are, also in part', async () => {
    const answer = await get('/assets/picture-4d5e6f.png', { range: 'bytes=1-3', 'accept-encoding': 'br' });
    expect([answer.status, answer.headers.get('content-encoding')]).toEqual([206, null]);
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(picture.subarray(1, 4));
  });

  it.each(['/assets/gone-123.js', '/assets/gone', '/gone.png', '/.env', '/assets/.hidden'])(
    'answers %s with 404 and not with a page',
    async (path) => expect((await get(path)).status).toBe(404),
  );

  it('answers who wants no page with 404', async () => {
    expect((await get('/watch/x', { accept: 'application/json' })).status).toBe(404);
  });

  it.each([
    '/../outside.txt',
    '/..%2foutside.txt',
    '/assets/../../outside.txt',
    '/assets/%2e%2e/%2e%2e/outside.txt',
    '/%5c..%5coutside.txt',
  ])('gives nothing from outside of its folder for %s', async (path) => {
    const answer = await rawRequest(
      gateway.port,
      `GET ${path} HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\nConnection: close\r\n\r\n`,
    );
    expect([400, 404]).toContain(answer.status);
    expect(answer.body).not.toContain('outside\n');
  });

  it('answers other methods with 405', async () => {
    const answer = await fetch(`${gateway.url}/watch/x`, { method: 'POST' });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });

  it('serves a new build without a restart', async () => {
    await writeFile(join(gateway.webRoot, 'index.html'), `${index}<!-- new -->`);
    expect(await (await get('/')).text()).toContain('new');
  });

  it('says what to do when it is not built, while the API answers', async () => {
    await rm(gateway.webRoot, { recursive: true });
    const page = await get('/');
    expect(page.status).toBe(503);
    expect(await page.text()).toContain('npm run build -w web');
    expect((await get('/api/videos')).status).toBe(200);
  });
});
