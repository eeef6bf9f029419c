import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Router } from 'express';
import { SignJWT } from 'jose';
import request from 'supertest';
import { type RunningApp, runApp, testSecret } from '../tests/support/running-app.ts';
import { Secret } from './config.ts';
import { route } from './http.ts';
import { createIdentity, identityHeader, requireService, viewerOf } from './identity.ts';
import { runInTrace } from './trace.ts';

const identity = createIdentity({ secret: testSecret, service: 'metadata' });
const key = new TextEncoder().encode(testSecret.reveal());

/** A token as ours, but for what `claims` and `header` say otherwise. */
async function forge(claims: Record<string, unknown>, alg = 'HS256', signedWith = key): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const ours = { sub: 'v', kind: 'viewer', iss: 'flixtube', aud: 'flixtube', iat: now, exp: now + 60 };
  return new SignJWT({ ...ours, ...claims }).setProtectedHeader({ alg }).sign(signedWith);
}

describe('an identity', () => {
  it('says who is calling, when another service with the same secret verifies it', async () => {
    const other = createIdentity({ secret: testSecret, service: 'history' });
    const viewer = { kind: 'viewer', id: '0199b1f2' } as const;
    const service = { kind: 'service', name: 'gateway' } as const;
    expect(await other.verify(await identity.issue(viewer))).toEqual(viewer);
    expect(await other.verify(await identity.issue(service))).toEqual(service);
  });

  const now = Math.floor(Date.now() / 1000);
  const none = Buffer.from('{"alg":"none"}').toString('base64url');
  it.each<[string, () => Promise<string>]>([
    ['nothing', async () => ''],
    ['no token', async () => 'nonsense'],
    ['signed with another secret', async () => forge({}, 'HS256', new TextEncoder().encode('x'.repeat(32)))],
    ['signed with another algorithm', async () => forge({}, 'HS512', new TextEncoder().encode('x'.repeat(64)))],
    ['not signed at all', async () => `${none}.${(await forge({})).split('.')[1]}.`],
    ['expired', async () => forge({ exp: now - 30 })],
    ['without an end', async () => forge({ exp: undefined })],
    ['not valid yet', async () => forge({ nbf: now + 60 })],
    ['of another issuer', async () => forge({ iss: 'someone' })],
    ['for another audience', async () => forge({ aud: 'someone' })],
    ['of no kind', async () => forge({ kind: undefined })],
    ['of an unknown kind', async () => forge({ kind: 'admin' })],
    ['of nobody', async () => forge({ sub: undefined })],
    ['of nobody', async () => forge({ sub: '' })],
  ])('is refused as unauthenticated, when it is %s', async (_what, token) => {
    await expect(identity.verify(await token())).rejects.toMatchObject({ kind: 'unauthenticated' });
  });

  it('is still taken, when the clocks of two machines differ by a few seconds', async () => {
    const token = await forge({ exp: Math.floor(Date.now() / 1000) - 3 });
    expect(await identity.verify(token)).toEqual({ kind: 'viewer', id: 'v' });
  });
});

describe('an identity that was verified before', () => {
  afterEach(() => {
    jest.useRealTimers();
  });

  it('is refused all the same, once it has expired', async () => {
    const token = await identity.issue({ kind: 'viewer', id: 'v' });
    expect(await identity.verify(token)).toEqual({ kind: 'viewer', id: 'v' });
    jest.useFakeTimers({ now: Date.now() + 70_000, doNotFake: ['setImmediate', 'nextTick'] });
    await expect(identity.verify(token)).rejects.toMatchObject({ kind: 'unauthenticated' });
  });

  it('says who is calling, when very many others have called since', async () => {
    const token = await identity.issue({ kind: 'viewer', id: 'first' });
    const others = Array.from({ length: 1_500 }, (_, i) => identity.issue({ kind: 'viewer', id: `v${i}` }));
    await identity.verify(token);
    const callers = await Promise.all((await Promise.all(others)).map((other) => identity.verify(other)));
    expect(callers.map((caller) => caller.kind === 'viewer' && caller.id)).toEqual(others.map((_, i) => `v${i}`));
    expect(await identity.verify(token)).toEqual({ kind: 'viewer', id: 'first' });
  });
});

describe('serviceHeaders', () => {
  afterEach(() => {
    jest.useRealTimers();
  });

  it('carries its own identity and the trace, when called within one', async () => {
    const sent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    const headers = await runInTrace(sent, () => identity.serviceHeaders());
    expect(headers.traceparent).toMatch(/^00-a{32}-/);
    expect(await identity.verify(headers[identityHeader] ?? '')).toEqual({ kind: 'service', name: 'metadata' });
  });

  it('signs once and then again before it expires, when it is called all the time', async () => {
    jest.useFakeTimers({ now: Date.now(), doNotFake: ['setImmediate', 'nextTick'] });
    const own = createIdentity({ secret: testSecret, service: 'history' });
    const tokens = new Set<string | undefined>();
    for (let second = 0; second < 120; second++) {
      const token = (await own.serviceHeaders())[identityHeader];
      tokens.add(token);
      await own.verify(token ?? '');
      jest.setSystemTime(Date.now() + 1_000);
    }
    expect(tokens.size).toBe(3);
  });
});

describe('a route', () => {
  let app: RunningApp;
  afterEach(() => app.close());

  async function ask(path: string, token?: string) {
    const router = Router();
    route(router, '/viewer', { GET: (req, res) => void res.json({ viewer: viewerOf(req) }) });
    route(router, '/internal', { GET: [requireService(), (_req, res) => void res.json({})] });
    route(router, '/open', { GET: (_req, res) => void res.json({}) });
    app = await runApp([router]);
    return request(app.url)
      .get(path)
      .set(token === undefined ? {} : { [identityHeader]: token });
  }

  it('knows the viewer, when the identity is one', async () => {
    const answer = await ask('/viewer', await identity.issue({ kind: 'viewer', id: 'v1' }));
    expect(answer.body).toEqual({ viewer: 'v1' });
  });

  it('is answered, when it needs no identity and none is sent', async () => {
    expect((await ask('/open')).status).toBe(200);
  });

  it.each([
    ['a viewer’s route gets no identity', '/viewer', undefined, 401],
    ['a viewer’s route gets a service’s', '/viewer', () => identity.issue({ kind: 'service', name: 's' }), 403],
    ['a service’s route gets no identity', '/internal', undefined, 401],
    ['a service’s route gets a viewer’s', '/internal', () => identity.issue({ kind: 'viewer', id: 'v' }), 403],
    [
      'an open route gets a forged one',
      '/open',
      () => forge({}, 'HS256', new TextEncoder().encode('y'.repeat(32))),
      401,
    ],
  ] as const)('answers with a problem, when %s', async (_what, path, token, status) => {
    const answer = await ask(path, await token?.());
    expect(answer.status).toBe(status);
    expect(answer.type).toBe('application/problem+json');
    expect(answer.headers['www-authenticate']).toBe(status === 401 ? 'FlixTube-Identity' : undefined);
  });

  it('does not answer a service, when that has another secret', async () => {
    const stranger = createIdentity({ secret: new Secret('z'.repeat(32)), service: 'metadata' });
    const headers = await stranger.serviceHeaders();
    expect((await ask('/internal', headers[identityHeader])).status).toBe(401);
  });
});
