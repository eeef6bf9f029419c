import { describe, expect, it } from '@jest/globals';
import { isCrossSite } from './cross-site.ts';

const own = { method: 'POST', override: undefined, fetchSite: undefined, origin: undefined, host: 'flixtube.example' };

describe('a request that changes something', () => {
  it.each([
    ['no browser', own, false],
    ['our page', { ...own, fetchSite: 'same-origin' }, false],
    ['a bookmark', { ...own, fetchSite: 'none' }, false],
    ['another site', { ...own, fetchSite: 'cross-site' }, true],
    ['a subdomain', { ...own, fetchSite: 'same-site' }, true],
    ['our page in an old browser', { ...own, origin: 'https://flixtube.example' }, false],
    [
      'our page with a port that goes without saying',
      { ...own, origin: 'https://flixtube.example', host: 'flixtube.example:443' },
      false,
    ],
    ['another site in an old browser', { ...own, origin: 'https://evil.example' }, true],
    ['another port in an old browser', { ...own, origin: 'https://flixtube.example:8443' }, true],
    ['a sandboxed page', { ...own, origin: 'null' }, true],
    ['a client that says no host', { ...own, origin: 'https://flixtube.example', host: undefined }, true],
  ])('from %s: cross-site is %#', (_from, request, crossSite) => expect(isCrossSite(request)).toBe(crossSite));

  it('is none, when its method is safe', () => {
    expect(isCrossSite({ ...own, method: 'GET', fetchSite: 'cross-site' })).toBe(false);
  });

  it.each(['DELETE', 'HEAD', ''])('is one, when a safe method carries "%s" as another', (override) => {
    expect(isCrossSite({ ...own, method: 'HEAD', override, fetchSite: 'cross-site' })).toBe(true);
  });
});
