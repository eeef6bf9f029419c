import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startGateway, type TestGateway } from './support/gateway.ts';

describe('the documentation', () => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await startGateway();
  });
  afterAll(() => gateway.stop());

  it('says what to do when the contract has not been generated', async () => {
    const answer = await fetch(`${gateway.url}/api/openapi.json`);
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({ detail: expect.stringContaining('npm run docs') });
  });

  it('is the contract, when it has been', async () => {
    await mkdir(gateway.docsRoot);
    await writeFile(join(gateway.docsRoot, 'openapi.json'), '{"openapi":"3.1.1"}');
    const answer = await fetch(`${gateway.url}/api/openapi.json`);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json']);
    expect(await answer.json()).toEqual({ openapi: '3.1.1' });
  });

  it('is a page all of whose parts come from here', async () => {
    const page = await fetch(`${gateway.url}/api/docs`);
    const html = await page.text();
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self';");
    const parts = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => String(path));
    expect(parts).toHaveLength(4);
    for (const part of parts) {
      const answer = await fetch(gateway.url + part);
      expect([part, answer.status]).toEqual([part, 200]);
      expect((await answer.arrayBuffer()).byteLength).toBeGreaterThan(100);
    }
  });

  it.each(['package.json', 'swagger-ui.js.map', '..%2fpackage.json', 'none.js'])('has no file %s', async (name) => {
    expect([400, 404]).toContain((await fetch(`${gateway.url}/api/docs/${name}`)).status);
  });
});
