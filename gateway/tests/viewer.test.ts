import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Secret } from '@flixtube/chassis/config';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createSignedViewers } from '../src/adapters/signed-viewers.ts';
import { answerJson } from './support/fake-neighbour.ts';
import { startGateway, type TestGateway } from './support/gateway.ts';

const cookieSecret = 'a cookie secret only for tests, 32 or more';

describe('the viewer cookie', () => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await startGateway({ TRUSTED_PROXIES: '1', COOKIE_SECRET: cookieSecret });
    await mkdir(gateway.webRoot);
    await writeFile(join(gateway.webRoot, 'index.html'), '<!doctype html><title>t</title>');
  });
  afterAll(() => gateway.stop());
  beforeEach(() => {
    gateway.metadata.answer = answerJson({}, { 'cache-control': 'public, max-age=60, s-maxage=600' });
  });

  async function visit(path: string, headers: Record<string, string> = {}) {
    const answer = await fetch(gateway.url + path, { headers });
    const [cookie] = answer.headers.getSetCookie();
    return { answer, cookie, pair: cookie?.split(';')[0] ?? '' };
  }
  const viewerOf = async (headers: Record<string, string>): Promise<string> => {
    const { answer } = await visit('/api/session', headers);
    return ((await answer.json()) as { viewerId: string }).viewerId;
  };

  it('is given on the first visit, for a year, out of the reach of scripts and other sites', async () => {
    const { cookie } = await visit('/api/session');
    expect(cookie).toMatch(/^flixtube-viewer=[\w.-]+; Max-Age=31536000; Path=\/; HttpOnly; SameSite=Lax$/);
  });

  it('makes later visits the same viewer, here and for the services, and is not given again', async () => {
    const { answer, pair } = await visit('/api/session');
    const { viewerId } = (await answer.json()) as { viewerId: string };
    const again = await visit('/api/session', { cookie: `other=1; ${pair}` });
    expect(await again.answer.json()).toEqual({ viewerId, user: null });
    expect(again.cookie).toBeUndefined();
    await visit('/api/videos', { cookie: pair });
    const token = String(gateway.metadata.requests.at(-1)?.headers['x-flixtube-identity']);
    expect(await gateway.identity.verify(token)).toEqual({ kind: 'viewer', id: viewerId });
  });

  it('comes with the page, so that the calls which it begins at once are one viewer', async () => {
    const { answer, pair } = await visit('/watch/x', { accept: 'text/html' });
    expect(answer.headers.get('cache-control')).toBe('private, no-cache');
    const viewers = await Promise.all([1, 2, 3].map(() => viewerOf({ cookie: pair })));
    expect(new Set(viewers).size).toBe(1);
  });

  it('keeps shared caches from keeping the answer that gives it, and only that one', async () => {
    const first = await visit('/api/videos');
    expect(first.answer.headers.get('cache-control')).toBe('private, max-age=60');
    const second = await visit('/api/videos', { cookie: first.pair });
    expect(second.answer.headers.get('cache-control')).toBe('public, max-age=60, s-maxage=600');
  });

  it.each([
    ['damaged', (pair: string) => `${pair.slice(0, -4)}AAAA`],
    ['cut', (pair: string) => pair.slice(0, 40)],
    ['empty', () => 'flixtube-viewer='],
    ['nonsense', () => 'flixtube-viewer=%%%'],
    ['unsigned', () => `flixtube-viewer=${btoa('{"alg":"none"}')}.${btoa('{"sub":"x"}')}.`],
  ])('is replaced by that of a new viewer, when it is %s', async (_how, damage) => {
    const { pair, answer } = await visit('/api/session');
    const { viewerId } = (await answer.json()) as { viewerId: string };
    const again = await visit('/api/session', { cookie: damage(pair) });
    expect(again.answer.status).toBe(200);
    expect(again.cookie).toBeDefined();
    expect(((await again.answer.json()) as { viewerId: string }).viewerId).not.toBe(viewerId);
  });

  it('is replaced, when it was signed with another secret', async () => {
    const forger = createSignedViewers({ secret: new Secret('another secret, also of 32 letters or so') });
    const victim = forger.newViewer();
    expect(await viewerOf({ cookie: `flixtube-viewer=${await forger.pass(victim)}` })).not.toBe(victim);
  });

  it('is renewed for the same viewer, when it is older than a week, and void after a year', async () => {
    const daysAgo = (days: number) =>
      createSignedViewers({ secret: new Secret(cookieSecret), now: () => new Date(Date.now() - days * 86_400_000) });
    const viewer = daysAgo(0).newViewer();
    const old = await visit('/api/session', { cookie: `flixtube-viewer=${await daysAgo(300).pass(viewer)}` });
    expect(await old.answer.json()).toMatchObject({ viewerId: viewer });
    expect(old.cookie).toBeDefined();
    expect(await viewerOf({ cookie: `flixtube-viewer=${await daysAgo(366).pass(viewer)}` })).not.toBe(viewer);
  });

  it('is Secure and bound to this host over https, where a plain one counts for nothing', async () => {
    const plain = await visit('/api/session');
    const secure = await visit('/api/session', { 'x-forwarded-proto': 'https', cookie: plain.pair });
    expect(secure.cookie).toMatch(
      /^__Host-flixtube-viewer=[\w.-]+; Max-Age=31536000; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
    expect(secure.answer.headers.get('strict-transport-security')).toBe('max-age=31536000');
    expect(plain.answer.headers.get('strict-transport-security')).toBeNull();
    const again = await visit('/api/session', { 'x-forwarded-proto': 'https', cookie: secure.pair });
    expect(again.cookie).toBeUndefined();
  });

  it('is of no use to another site: what changes something is refused with 403', async () => {
    const answer = await fetch(`${gateway.url}/api/history`, {
      method: 'DELETE',
      headers: { 'sec-fetch-site': 'cross-site' },
    });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([403, 'application/problem+json']);
    expect(gateway.history.requests).toEqual([]);
    const own = await fetch(`${gateway.url}/api/history`, {
      method: 'DELETE',
      headers: { 'sec-fetch-site': 'same-origin' },
    });
    expect(own.status).toBe(200);
  });
});
