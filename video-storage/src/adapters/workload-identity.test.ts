import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { workloadIdentity } from './workload-identity.ts';

const scope = 'https://storage.azure.com/.default';

describe('the identity of a pod', () => {
  let entra: Server;
  let folder: string;
  let asked: { path: string | undefined; form: URLSearchParams }[];
  let answer: { status: number; body: string };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'flixtube-identity-'));
    await writeFile(join(folder, 'token'), 'first-token-of-the-pod\n');
    asked = [];
    answer = {
      status: 200,
      body: JSON.stringify({ token_type: 'Bearer', access_token: 'of-entra', expires_in: 3600 }),
    };
    entra = createServer(async (request, response) => {
      asked.push({ path: request.url, form: new URLSearchParams(await text(request)) });
      response.writeHead(answer.status, { 'Content-Type': 'application/json' }).end(answer.body);
    });
    await once(entra.listen(0, '127.0.0.1'), 'listening');
  });

  afterEach(async () => {
    entra.closeAllConnections();
    entra.close();
    await rm(folder, { recursive: true });
  });

  const identity = () =>
    workloadIdentity({
      clientId: 'the-client',
      tenantId: 'the-tenant',
      authorityHost: `http://127.0.0.1:${(entra.address() as AddressInfo).port}`,
      tokenFile: join(folder, 'token'),
    });

  it("exchanges the service account's token for one of Entra", async () => {
    const before = Date.now();
    const { token, expiresOnTimestamp } = await identity().getToken(scope);
    expect(token).toBe('of-entra');
    expect(expiresOnTimestamp).toBeGreaterThanOrEqual(before + 3_600_000);
    expect(expiresOnTimestamp).toBeLessThanOrEqual(Date.now() + 3_600_000);
    expect(asked).toHaveLength(1);
    expect(asked[0]?.path).toBe('/the-tenant/oauth2/v2.0/token');
    expect(Object.fromEntries(asked[0]?.form ?? [])).toEqual({
      grant_type: 'client_credentials',
      client_id: 'the-client',
      scope,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: 'first-token-of-the-pod',
    });
  });

  it('when Kubernetes has renewed the token: sends the new one', async () => {
    const one = identity();
    await one.getToken([scope]);
    await writeFile(join(folder, 'token'), 'second-token-of-the-pod');
    await one.getToken([scope]);
    expect(asked.map(({ form }) => form.get('client_assertion'))).toEqual([
      'first-token-of-the-pod',
      'second-token-of-the-pod',
    ]);
  });

  it.each([
    [
      401,
      JSON.stringify({ error: 'invalid_client', error_description: 'AADSTS70021 first-token-of-the-pod' }),
      /401 invalid_client$/,
    ],
    [500, '<html>', /500 without a reason$/],
    [200, JSON.stringify({ error: 'x'.repeat(1_000) }), /200 without a reason$/],
    [200, JSON.stringify({ access_token: 'of-entra' }), /200 without a reason$/],
  ])('when Entra answers %d %s: says why, and no token', async (status, body, expected) => {
    answer = { status, body };
    const error = await identity().getToken(scope).then(String, String);
    expect(error).toMatch(expected);
    expect(error).not.toMatch(/of-the-pod|of-entra/);
  });

  it('when its caller no longer waits: neither does it', async () => {
    entra.removeAllListeners('request');
    const asking = new AbortController();
    entra.once('request', () => asking.abort());
    await expect(identity().getToken(scope, { abortSignal: asking.signal })).rejects.toThrow(/abort/);
  });
});
